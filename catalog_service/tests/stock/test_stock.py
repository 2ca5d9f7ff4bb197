"""What is left of a product, as the staff counts it."""

import asyncio

import httpx2
import pytest

from catalog_service.models import Product, ProductStock
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields
from catalog_service.tests.product_admin.state import State, stored_state

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
async def path(editor: httpx2.AsyncClient) -> str:
    added = await editor.post(PRODUCTS, json={"name": "Tea", "price": 1})
    return f"{added.headers['location']}/stock"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_stranger_gets_the_one_401(stranger: httpx2.AsyncClient, method: str) -> None:
    response = await stranger.request(method, f"{PRODUCTS}/1/stock")
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_customer_sees_no_stock(reader: httpx2.AsyncClient, method: str) -> None:
    body = {"quantity": 1} if method == "PUT" else None
    assert (await reader.request(method, f"{PRODUCTS}/1/stock", json=body)).status_code == 403


async def test_what_was_set_is_shown_and_can_be_set_again(
    editor: httpx2.AsyncClient, path: str
) -> None:
    for quantity in (12, 0, 2**31 - 1):
        answer = await editor.put(path, json={"quantity": quantity})
        assert (answer.status_code, answer.json()) == (200, {"quantity": quantity})
        assert (await editor.get(path)).json() == {"quantity": quantity}


async def test_what_is_not_counted_says_so(editor: httpx2.AsyncClient, path: str) -> None:
    never = await editor.get(path)
    await editor.put(path, json={"quantity": 1})
    ends = [(await editor.delete(path)).status_code for _ in range(2)]
    no_longer = await editor.get(path)

    assert ends == [204, 204]
    assert never.content == no_longer.content
    assert (never.status_code, never.json()["error"]) == (404, "stock_not_counted")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_product_that_is_not_there_has_no_stock(
    editor: httpx2.AsyncClient, method: str
) -> None:
    body = {"quantity": 1} if method == "PUT" else None
    answer = await editor.request(method, f"{PRODUCTS}/1/stock", json=body)
    assert (answer.status_code, answer.json()["error"]) == (404, "product_not_found")


async def test_stock_is_no_change_of_the_product(editor: httpx2.AsyncClient, path: str) -> None:
    before, state = await Product.all().values(), await stored_state()
    await editor.put(path, json={"quantity": 1})
    await editor.put(path, json={"quantity": 2})
    await editor.delete(path)

    assert (await Product.all().values(), await stored_state()) == (before, state)
    assert state == State(2, 1)


async def test_several_who_count_concurrently_leave_one_count(
    editor: httpx2.AsyncClient, path: str
) -> None:
    answers = await asyncio.gather(*(editor.put(path, json={"quantity": n}) for n in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert await ProductStock.all().count() == 1


@pytest.mark.parametrize("quantity", [-1, 2**31, 2**63, 1.0, "1", True, None])
async def test_what_is_no_count_is_named(
    editor: httpx2.AsyncClient, path: str, quantity: object
) -> None:
    assert broken_fields(await editor.put(path, json={"quantity": quantity})) == ["quantity"]
