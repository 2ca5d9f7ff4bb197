"""Adding one product."""

import asyncio
from collections import Counter

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.product_admin.state import State, stored_state

pytestmark = pytest.mark.usefixtures("empty_tables")

TEA = {"name": "Чай «Ночь»", "price": 34900}


async def test_a_stranger_adds_nothing(stranger: httpx2.AsyncClient) -> None:
    response = await stranger.post(PRODUCTS, json=TEA)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_customer_adds_nothing(reader: httpx2.AsyncClient) -> None:
    response = await reader.post(PRODUCTS, json=TEA)
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert await stored_state() == State(1, 0)


async def test_what_was_added_is_shown_where_it_is_said_to_be(editor: httpx2.AsyncClient) -> None:
    added = await editor.post(PRODUCTS, json={**TEA, "sku": " TEA 17 "})

    assert added.status_code == 201
    assert added.json()["sku"] == "TEA 17"
    assert added.json()["created_at"] == added.json()["updated_at"]
    shown = await editor.get(added.headers["location"])
    assert shown.json() == added.json()


async def test_what_is_for_sale_is_counted_and_the_rest_is_not(editor: httpx2.AsyncClient) -> None:
    await editor.post(PRODUCTS, json=TEA)
    assert await stored_state() == State(2, 1)
    await editor.post(PRODUCTS, json={**TEA, "is_active": False})
    assert await stored_state() == State(3, 1)


async def test_one_sku_is_given_once(editor: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(editor.post(PRODUCTS, json={**TEA, "sku": "TEA"}) for _ in range(10))
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json() == {
        "code": 409,
        "message": "Another product has this sku.",
        "error": "sku_taken",
    }
    assert await Product.all().count() == 1
    assert await stored_state() == State(2, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"price": 1.0}, "price"),
        ({"price": 0.5}, "price"),
        ({"price": "100"}, "price"),
        ({"price": True}, "price"),
        ({"price": None}, "price"),
        ({"price": -1}, "price"),
        ({"price": 2**53}, "price"),
        ({"price": 2**63}, "price"),
        ({"price": 10**400}, "price"),
        ({"name": ""}, "name"),
        ({"name": " \t\u00a0"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "Tea\0"}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": None}, "name"),
        ({"sku": ""}, "sku"),
        ({"sku": "  "}, "sku"),
        ({"sku": "x" * 65}, "sku"),
        ({"sku": "A\nB"}, "sku"),
        ({"sku": 17}, "sku"),
        ({"is_active": "false"}, "is_active"),
        ({"is_active": 0}, "is_active"),
        ({"id": 1}, "id"),
        ({"created_at": "2026-01-01T00:00:00Z"}, "created_at"),
    ],
)
async def test_what_breaks_a_rule_is_named(
    editor: httpx2.AsyncClient, changed: dict[str, object], field: str
) -> None:
    assert broken_fields(await editor.post(PRODUCTS, json={**TEA, **changed})) == [field]
    assert await stored_state() == State(1, 0)


@pytest.mark.parametrize("missing", ["name", "price"])
async def test_what_is_missing_is_named(editor: httpx2.AsyncClient, missing: str) -> None:
    body = {name: value for name, value in TEA.items() if name != missing}
    assert broken_fields(await editor.post(PRODUCTS, json=body)) == [missing]


@pytest.mark.parametrize("price", [0, 2**53 - 1])
async def test_the_bounds_of_a_price_are_prices(editor: httpx2.AsyncClient, price: int) -> None:
    assert (await editor.post(PRODUCTS, json={**TEA, "price": price})).json()["price"] == price
