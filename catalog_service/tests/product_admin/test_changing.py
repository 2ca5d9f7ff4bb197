"""Changing, deactivating and reactivating one product."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.product_admin.state import State, stored_state

pytestmark = pytest.mark.usefixtures("empty_tables")

STALE = {
    "code": 412,
    "message": "It was changed since you read it; read it again.",
    "error": "precondition_failed",
}
Change = Callable[..., Awaitable[httpx2.Response]]


async def add(editor: httpx2.AsyncClient, **values: object) -> tuple[str, str]:
    """Return the path and the ETag of a new product."""
    added = await editor.post(PRODUCTS, json={"name": "Tea", "price": 100, **values})
    return added.headers["location"], added.headers["etag"]


async def ask(client: httpx2.AsyncClient, method: str, path: str, etag: str = "") -> int:
    body = {"price": 7} if method == "PATCH" else None
    headers = {"If-Match": etag} if etag else {}
    return (await client.request(method, path, json=body, headers=headers)).status_code


@pytest.mark.parametrize(("method", "suffix"), [("PATCH", ""), ("DELETE", ""), ("POST", "/r")])
async def test_only_the_staff_changes_products(
    stranger: httpx2.AsyncClient, editor: httpx2.AsyncClient, method: str, suffix: str
) -> None:
    path, _ = await add(editor)
    path += "/reactivate" if suffix else ""

    response = await stranger.request(method, path, json={})
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(("method", "suffix"), [("PATCH", ""), ("DELETE", ""), ("POST", "/r")])
async def test_a_customer_changes_nothing(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient, method: str, suffix: str
) -> None:
    path, _ = await add(editor)
    path += "/reactivate" if suffix else ""

    response = await reader.request(method, path, json={} if method == "PATCH" else None)
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert await stored_state() == State(2, 1)


async def test_what_is_named_changes_and_the_rest_stays(editor: httpx2.AsyncClient) -> None:
    path, etag = await add(editor, sku="TEA")
    before = (await editor.get(path)).json()

    changed = await editor.patch(path, json={"name": " Кофе "})

    assert changed.status_code == 200
    assert changed.json() == {
        **before,
        "name": "Кофе",
        "updated_at": changed.json()["updated_at"],
    }
    assert changed.json()["updated_at"] > before["updated_at"]
    assert changed.headers["etag"] != etag
    assert (await Product.get(sku="TEA")).searchable == "кофе"
    assert await stored_state() == State(3, 1)


async def test_a_sku_can_be_given_and_taken_away(editor: httpx2.AsyncClient) -> None:
    path, _ = await add(editor)

    assert (await editor.patch(path, json={"sku": "A"})).json()["sku"] == "A"
    assert (await editor.patch(path, json={"price": 1})).json()["sku"] == "A"
    assert (await editor.patch(path, json={"sku": None})).json()["sku"] is None


@pytest.mark.parametrize(
    "change", [{}, {"price": 100}, {"name": "Tea", "price": 100, "sku": None}, {"name": " Tea "}]
)
async def test_a_change_that_changes_nothing_leaves_no_trace(
    editor: httpx2.AsyncClient, change: dict[str, object]
) -> None:
    path, etag = await add(editor)
    before = (await editor.get(path)).json()

    answer = await editor.patch(path, json=change, headers={"If-Match": etag})

    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, before, etag)
    assert await stored_state() == State(2, 1)


async def test_another_products_sku_cannot_be_taken(editor: httpx2.AsyncClient) -> None:
    await add(editor, sku="A")
    path, etag = await add(editor, sku="B")

    answer = await editor.patch(path, json={"sku": "A", "price": 1})

    assert (answer.status_code, answer.json()["error"]) == (409, "sku_taken")
    assert await ask(editor, "PATCH", path, etag) == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
async def test_a_stale_write_is_a_412_and_changes_nothing(
    editor: httpx2.AsyncClient, method: str
) -> None:
    path, stale = await add(editor)
    await editor.patch(path, json={"price": 1})
    before = await stored_state()

    answer = await editor.request(
        method,
        path + "/reactivate" * (method == "POST"),
        json={"price": 2} if method == "PATCH" else None,
        headers={"If-Match": stale},
    )

    assert (answer.status_code, answer.json()) == (412, STALE)
    assert (await editor.get(path)).json()["price"] == 1
    assert await stored_state() == before


@pytest.mark.parametrize("change", [{"price": 100}, {}])
async def test_a_stale_write_is_a_412_even_if_it_would_change_nothing(
    editor: httpx2.AsyncClient, change: dict[str, object]
) -> None:
    path, stale = await add(editor)
    await editor.patch(path, json={"price": 1})
    await editor.patch(path, json={"price": 100})

    answer = await editor.patch(path, json=change, headers={"If-Match": stale})

    assert answer.status_code == 412


@pytest.mark.parametrize(
    "lines", [["{},"], [", {}\t, "], ['"x"', "{}"], ['W/"a,b"', "", '"c", {}']]
)
async def test_of_a_list_of_tags_one_is_enough_however_it_is_written(
    editor: httpx2.AsyncClient, lines: list[str]
) -> None:
    path, etag = await add(editor)
    listed = [("If-Match", line.format(etag)) for line in lines]

    answer = await editor.patch(path, json={"price": 7}, headers=listed)

    assert answer.status_code == 200


async def test_the_change_of_another_product_is_no_reason_to_refuse(
    editor: httpx2.AsyncClient,
) -> None:
    path, etag = await add(editor)
    other, _ = await add(editor)
    await editor.patch(other, json={"price": 1})

    assert await ask(editor, "PATCH", path, etag) == 200


@pytest.mark.parametrize(
    ("template", "status"),
    [
        ("{}", 200),
        ('"other", {}', 200),
        ("*", 200),
        ("W/{}", 412),
        ('"1"', 412),
        ('"1-2"', 412),
        ('"1-0-2"', 412),
        ('"999999999-ffffffffffffff-2"', 412),
        ('"99999999999999999999-0-2"', 412),
        ('"1-fffffffffffffffffffff-2"', 412),
        ("1-0-2", 422),
    ],
)
async def test_if_match_is_compared_strongly(
    editor: httpx2.AsyncClient, template: str, status: int
) -> None:
    path, etag = await add(editor)
    assert await ask(editor, "PATCH", path, template.format(etag)) == status


@pytest.mark.parametrize("etag", ["", "*", '"1-0-2"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
async def test_what_is_not_there_cannot_be_changed(
    editor: httpx2.AsyncClient, method: str, etag: str
) -> None:
    path = f"{PRODUCTS}/1" + "/reactivate" * (method == "POST")
    assert await ask(editor, method, path, etag) == 404
    assert await stored_state() == State(1, 0)


async def test_deactivating_and_reactivating_can_be_repeated(editor: httpx2.AsyncClient) -> None:
    path, etag = await add(editor)

    assert [await ask(editor, "DELETE", path) for _ in range(2)] == [204, 204]
    assert await stored_state() == State(3, 0)
    answers = [await editor.post(f"{path}/reactivate") for _ in range(2)]

    assert await stored_state() == State(4, 1)
    assert [answer.json()["is_active"] for answer in answers] == [True, True]
    assert answers[0].headers["etag"] == answers[1].headers["etag"] != etag


async def test_what_is_not_for_sale_can_still_be_changed(editor: httpx2.AsyncClient) -> None:
    path, _ = await add(editor, is_active=False)

    answer = await editor.patch(path, json={"price": 5})

    assert (answer.json()["price"], answer.json()["is_active"]) == (5, False)
    assert await stored_state() == State(3, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": None}, "price"),
        ({"price": 1.0}, "price"),
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"sku": ""}, "sku"),
        ({"is_active": False}, "is_active"),
        ({"version": 1}, "version"),
    ],
)
async def test_what_breaks_a_rule_is_named(
    editor: httpx2.AsyncClient, change: dict[str, object], field: str
) -> None:
    path, _ = await add(editor)
    assert broken_fields(await editor.patch(path, json=change)) == [field]


async def test_of_twenty_who_saw_the_same_version_one_writes(editor: httpx2.AsyncClient) -> None:
    path, etag = await add(editor)

    answers = await asyncio.gather(
        *(editor.patch(path, json={"price": n}, headers={"If-Match": etag}) for n in range(20))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await editor.get(path)).json() == winner.json()
    assert await stored_state() == State(3, 1)


async def test_without_if_match_all_twenty_write_and_each_is_a_version(
    editor: httpx2.AsyncClient,
) -> None:
    path, _ = await add(editor)

    answers = await asyncio.gather(*(editor.patch(path, json={"price": n}) for n in range(20)))

    assert len({answer.headers["etag"] for answer in answers}) == 20
    assert await stored_state() == State(22, 1)


@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_one_product_is_counted_once_however_many_switch_it(
    editor: httpx2.AsyncClient, method: str
) -> None:
    path, _ = await add(editor, is_active=method == "DELETE")
    place = path + "/reactivate" * (method == "POST")

    await asyncio.gather(*(ask(editor, method, place) for _ in range(20)))

    assert await stored_state() == State(3, int(method == "POST"))
