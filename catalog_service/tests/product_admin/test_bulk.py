"""Many products in one request: all of it, or nothing."""

import asyncio
from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.product_admin.state import State, really_active, stored_state

pytestmark = pytest.mark.usefixtures("empty_tables")

BULK = f"{PRODUCTS}/bulk"
TEA = {"name": "Tea", "price": 100}
BAD_ITEMS = ["create.1.price", "create.2.name", "create.2.price"]


def teas(count: int, **values: Any) -> list[dict[str, Any]]:
    return [{**TEA, "name": f"Tea {n}", **values} for n in range(count)]


async def stock(editor: httpx2.AsyncClient, *products: dict[str, Any]) -> list[int]:
    """Add these products and return their numbers."""
    answer = await editor.post(BULK, json={"create": products})
    return [product["id"] for product in answer.json()["created"]]


async def test_a_stranger_does_nothing_in_bulk(stranger: httpx2.AsyncClient) -> None:
    response = await stranger.post(BULK, json={"create": [TEA]})
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_customer_does_nothing_in_bulk(reader: httpx2.AsyncClient) -> None:
    assert (await reader.post(BULK, json={"create": [TEA]})).status_code == 403


async def test_a_thousand_products_are_added_in_their_order(editor: httpx2.AsyncClient) -> None:
    answer = await editor.post(BULK, json={"create": teas(999) + teas(1, is_active=False)})

    assert answer.status_code == 200
    created = answer.json()["created"]
    assert [p["name"] for p in created[:2]] == ["Tea 0", "Tea 1"]
    assert [p["id"] for p in created] == sorted(p["id"] for p in created)
    assert await stored_state() == State(2, 999)


async def test_everything_can_be_done_together(editor: httpx2.AsyncClient) -> None:
    a, b, c, d = await stock(
        editor, {**TEA, "sku": "A"}, TEA, TEA, {**TEA, "is_active": False, "sku": "D"}
    )

    answer = await editor.post(
        BULK,
        json={
            "create": [{**TEA, "sku": "E"}],
            "change": [{"id": b, "price": 5, "sku": "B"}, {"id": a, "name": "Кофе", "sku": None}],
            "deactivate": [c],
            "reactivate": [d],
        },
    )

    body = answer.json()
    assert [(p["id"], p["name"], p["price"], p["sku"]) for p in body["changed"]] == [
        (b, "Tea", 5, "B"),
        (a, "Кофе", 100, None),
    ]
    assert (body["created"][0]["sku"], body["deactivated"], body["reactivated"]) == ("E", 1, 1)
    shown = await editor.get(f"{PRODUCTS}/{a}")
    assert shown.json() == body["changed"][1]
    assert (await Product.get(id=a)).searchable == "кофе"
    assert await stored_state() == State(3, await really_active())


async def test_what_would_change_nothing_leaves_no_trace(editor: httpx2.AsyncClient) -> None:
    a, b = await stock(editor, TEA, {**TEA, "is_active": False})
    before = await Product.all().order_by("id").values()

    answer = await editor.post(
        BULK, json={"change": [{"id": a, **TEA}], "deactivate": [b], "reactivate": []}
    )

    assert (answer.json()["changed"][0]["id"], answer.json()["deactivated"]) == (a, 0)
    assert await Product.all().order_by("id").values() == before
    assert await stored_state() == State(2, 1)


async def test_unknown_products_are_named_and_nothing_is_done(editor: httpx2.AsyncClient) -> None:
    [a] = await stock(editor, TEA)

    answer = await editor.post(
        BULK,
        json={
            "create": [TEA],
            "change": [{"id": a, "price": 1}, {"id": a + 7, "price": 1}],
            "deactivate": [a + 8],
            "reactivate": [2**53 - 1],
        },
    )

    assert (answer.status_code, answer.json()["error"]) == (404, "product_not_found")
    named = [problem["field"] for problem in answer.json()["fields"]]
    assert named == ["change.1.id", "deactivate.0", "reactivate.0"]
    assert (await Product.get(id=a)).price == 100
    assert await stored_state() == State(2, 1)


async def test_taken_skus_are_named_and_nothing_is_done(editor: httpx2.AsyncClient) -> None:
    a, b = await stock(editor, {**TEA, "sku": "A"}, {**TEA, "sku": "B"})

    answer = await editor.post(
        BULK,
        json={
            "create": [{**TEA, "sku": "new"}, {**TEA, "sku": "B"}],
            "change": [{"id": a, "sku": "A", "price": 1}],
        },
    )

    assert (answer.status_code, answer.json()["error"]) == (409, "sku_taken")
    assert [problem["field"] for problem in answer.json()["fields"]] == ["create.1.sku"]
    assert await Product.all().order_by("id").values_list("id", "price") == [(a, 100), (b, 100)]
    assert await stored_state() == State(2, 2)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["body"]),
        ({"create": []}, ["body"]),
        ({"create": [TEA] * 600, "deactivate": list(range(1, 402))}, ["body"]),
        ({"create": [TEA] * 1001}, ["create"]),
        ({"create": [TEA, {**TEA, "price": "1"}, {"name": ""}]}, BAD_ITEMS),
        ({"change": [{"price": 1}]}, ["change.0.id"]),
        ({"change": [{"id": 1, "is_active": True}]}, ["change.0.is_active"]),
        ({"deactivate": [0, "1", 2**63, 1.0, True, None]}, [f"deactivate.{n}" for n in range(6)]),
        ({"deactivate": [1, 2, 1]}, ["deactivate.2"]),
        ({"change": [{"id": 1}], "reactivate": [1]}, ["reactivate.0"]),
        ({"create": [{**TEA, "sku": "A"}], "change": [{"id": 1, "sku": " A"}]}, ["change.0.sku"]),
        ({"remove": [1]}, ["remove"]),
    ],
)  # fmt: skip
async def test_what_breaks_a_rule_is_named(
    editor: httpx2.AsyncClient, body: dict[str, object], fields: list[str]
) -> None:
    assert broken_fields(await editor.post(BULK, json=body)) == fields


async def test_two_who_name_the_same_products_in_another_order_both_get_through(
    editor: httpx2.AsyncClient,
) -> None:
    ids = await stock(editor, *teas(50))

    def prices(price: int, order: int) -> dict[str, Any]:
        return {"change": [{"id": n, "price": price} for n in ids[::order]]}

    answers = await asyncio.gather(
        *(editor.post(BULK, json=prices(n, 1 if n % 2 else -1)) for n in range(6))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len(set(await Product.all().values_list("price", flat=True))) == 1
    assert await stored_state() == State(8, 50)


async def test_two_who_give_the_same_skus_in_another_order_get_that_error(
    editor: httpx2.AsyncClient,
) -> None:
    products = [{**TEA, "sku": f"TEA-{n}"} for n in range(20)]

    answers = await asyncio.gather(
        *(editor.post(BULK, json={"create": products[:: 1 if n % 2 else -1]}) for n in range(6))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert await stored_state() == State(2, 20)
