"""Looking at one product."""

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED, broken_fields

pytestmark = pytest.mark.usefixtures("empty_tables")

NOT_FOUND = {
    "code": 404,
    "message": "There is no such product for sale.",
    "error": "product_not_found",
}


async def test_a_stranger_gets_the_one_401_for_any_product(stranger: httpx2.AsyncClient) -> None:
    product = await Product.create(name="Tea", price=1)

    for product_id in (product.id, product.id + 1, "nonsense"):
        response = await stranger.get(f"{PRODUCTS}/{product_id}")
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_a_product_is_shown_as_in_the_list(reader: httpx2.AsyncClient) -> None:
    product = await Product.create(name="شاي أخضر 🍵", price=2**53 - 1)

    response = await reader.get(f"{PRODUCTS}/{product.id}")

    assert response.status_code == 200
    assert response.json() == (await reader.get(PRODUCTS)).json()["items"][0]
    assert response.json()["name"] == "شاي أخضر 🍵"


async def test_there_is_nothing_under_an_unknown_number(reader: httpx2.AsyncClient) -> None:
    for product_id in (1, 2**53 - 1):
        response = await reader.get(f"{PRODUCTS}/{product_id}")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


async def test_an_inactive_product_is_not_there(reader: httpx2.AsyncClient) -> None:
    product = await Product.create(name="Tea", price=1, is_active=False)

    response = await reader.get(f"{PRODUCTS}/{product.id}")

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "product_id",
    ["0", "-1", "x", "1.5", "%00", str(2**53), str(10**30), "9" * 5000, "null"],
)
async def test_what_cannot_be_a_number_of_a_product_is_named(
    reader: httpx2.AsyncClient, product_id: str
) -> None:
    assert broken_fields(await reader.get(f"{PRODUCTS}/{product_id}")) == ["product_id"]


async def test_deeper_paths_lead_nowhere(reader: httpx2.AsyncClient) -> None:
    for path in (f"{PRODUCTS}/1/2", f"{PRODUCTS}/", "/api/v1/nothing"):
        response = await reader.get(path)
        assert (response.status_code, response.json()["error"]) == (404, "not_found")
