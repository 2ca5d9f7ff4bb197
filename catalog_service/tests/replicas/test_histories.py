"""A failover that loses acknowledged changes: what was named before it names nothing after it."""

from collections.abc import Iterator

import httpx2
import pytest

from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add_named
from catalog_service.tests.replicas.conftest import client_of, promoted, serving
from testing.database import ServiceDatabase
from testing.streaming import Standby, Streaming

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def heir(streaming: Streaming) -> Iterator[Standby]:
    """A replica that takes over before it has everything."""
    with streaming.standby("heir") as server:
        yield Standby(server, streaming.primary)


async def tags_after(editor: httpx2.AsyncClient, path: str, price: int) -> dict[str, str]:
    """Change the price; return the entity tags of what shows the product."""
    (await editor.patch(path, json={"price": price})).raise_for_status()
    return {where: (await editor.get(where)).headers["etag"] for where in (path, PRODUCTS)}


async def test_no_entity_tag_stands_for_what_it_did_not_name(
    heir: Standby, database: ServiceDatabase
) -> None:
    here, there = database.runtime_url, heir.at(database.runtime_url)
    async with serving(here) as app, client_of(app, "manager") as editor:
        [tea] = await add_named("Tea")
        path = f"{PRODUCTS}/{tea}"
        await heir.caught_up()
        await promoted(heir)
        lost = await tags_after(editor, path, 1)
    async with serving(there) as app, client_of(app, "manager") as editor:
        kept = await tags_after(editor, path, 2)
        for where, tag in lost.items():
            answer = await editor.get(where, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.headers["etag"]) == (200, kept[where])
        for method, body in (("PATCH", {"price": 3}), ("DELETE", None)):
            answer = await editor.request(method, path, json=body, headers={"If-Match": lost[path]})
            assert answer.status_code == 412
        assert (await editor.get(path)).json()["price"] == 2
