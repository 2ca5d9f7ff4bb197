"""Servers that are no replica, or none of this primary: nothing that only they have is shown."""

from collections.abc import Iterator

import httpx2
import pytest
from pydantic import SecretStr

from catalog_service.orm import APP, MODELS
from catalog_service.product_admin.schemas import ProductUpdate
from catalog_service.product_admin.service import change_product
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add_named
from catalog_service.tests.replicas.conftest import client_of, promoted, serving, used
from shared.database.connection import connected_here, tortoise_config
from testing.database import ServiceDatabase
from testing.outage import Cable
from testing.streaming import Standby, Streaming

NO_REPLICA = "takes writes, so it is no streaming replica; nothing is read from it"

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def lost(streaming: Streaming) -> Iterator[Standby]:
    """A replica that will not follow the primary for long."""
    with streaming.standby("lost") as server:
        yield Standby(server, streaming.primary)


async def change(url: str, product_id: int, price: int) -> None:
    """Change a price at some server, past the service under test."""
    async with connected_here(tortoise_config(SecretStr(url), app=APP, models=MODELS)):
        await change_product(product_id, ProductUpdate(price=price), seen=None, actor_id=None)


async def assert_shows(reader: httpx2.AsyncClient, product_id: int, price: int) -> None:
    """See one price wherever one looks."""
    for path in (f"{PRODUCTS}/{product_id}", PRODUCTS, f"{PRODUCTS}?q=tea"):
        body = (await reader.get(path)).json()
        assert [item["price"] for item in body.get("items", [body])] == [price], path


async def test_what_only_a_promoted_replica_has_is_not_shown(
    lost: Standby, database: ServiceDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = database.runtime_url, lost.at(database.runtime_url)
    async with serving(here, there) as app, client_of(app) as reader:
        [tea] = await add_named("Tea")
        await lost.caught_up()
        replica = await used(app)
        await reader.get(PRODUCTS)
        assert replica.reads["answered"] == 1

        await promoted(lost)
        await change(there, tea, 1)
        await assert_shows(reader, tea, 100)
        await change(here, tea, 2)
        await assert_shows(reader, tea, 2)

        await app.state.replicas.probe()
        assert not replica.is_used
        await assert_shows(reader, tea, 2)
    assert NO_REPLICA in caplog.text


async def test_what_only_a_replica_of_another_primary_has_is_not_shown(
    streaming: Streaming, lost: Standby, database: ServiceDatabase
) -> None:
    here = database.runtime_url
    [tea] = await _tea(here)
    await lost.caught_up()
    await promoted(lost)
    with streaming.standby("follower", of=lost.server) as server:
        follower = Standby(server, lost.server)
        there = follower.at(here)
        async with serving(here, there) as app, client_of(app) as reader:
            await used(app)
            await assert_shows(reader, tea, 100)
            for price in (1, 2, 3):
                await change(lost.at(here), tea, price)
                await change(here, tea, price + 10)
                await follower.caught_up()
                await app.state.replicas.probe()
                await assert_shows(reader, tea, price + 10)


async def test_a_server_that_takes_writes_is_not_taken_for_a_replica(
    database: ServiceDatabase, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(database.runtime_url, cable.url) as app, client_of(app) as reader:
        for _ in range(3):
            await app.state.replicas.probe()
            assert (await reader.get(PRODUCTS)).status_code == 200
        [replica] = app.state.replicas.replicas
    assert not replica.reads["answered"]
    told = [record for record in caplog.records if NO_REPLICA in record.message]
    assert [record.__dict__["server"] for record in told] == [replica.server]


async def test_a_server_that_is_not_there_is_reported_once(
    database: ServiceDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "postgres://somebody:secret@127.0.0.1:9/catalog"
    async with serving(database.runtime_url, nowhere) as app, client_of(app) as reader:
        for _ in range(3):
            await app.state.replicas.probe()
            assert (await reader.get(PRODUCTS)).status_code == 200
    told = [record.message for record in caplog.records if "CATALOG_REPLICA_URLS" in record.message]
    assert told == ["a replica of CATALOG_REPLICA_URLS does not answer (ConnectionRefusedError)"]
    assert "secret" not in caplog.text


async def _tea(url: str) -> list[int]:
    async with connected_here(tortoise_config(SecretStr(url), app=APP, models=MODELS)):
        return await add_named("Tea")
