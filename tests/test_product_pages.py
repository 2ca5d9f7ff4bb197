"""Pages of products out of the gateway's memory: never another's, never what is no longer true."""

import time
from typing import Any

import httpx2
import pytest

from testing.background import BackgroundSystem
from testing.people import Shop, bearer, manager_token

pytestmark = pytest.mark.timing

PRODUCTS = "/api/v1/products"
SECOND = 1.0
"""For which another gateway may show what was true before."""


@pytest.fixture
async def manager(shop: Shop, system: BackgroundSystem) -> str:
    """A manager's access token."""
    return await manager_token(shop, system)


@pytest.fixture
async def tea(shop: Shop, manager: str) -> Any:
    """A product that has just been added."""
    made = await shop.post(PRODUCTS, manager, {"name": "Tea in the window", "price": 100})
    return made.raise_for_status().json()


async def test_a_page_is_kept_and_says_so(shop: Shop) -> None:
    anna, boris = await shop.newcomer_token(), await shop.newcomer_token()
    first = await shop.get(PRODUCTS, anna, size=3)
    tries = [await shop.get(PRODUCTS, boris, size=3) for _ in range(5)]
    kept = [answer for answer in tries if "age" in answer.headers]
    assert {answer.content for answer in tries} == {first.content}
    assert {answer.headers["age"] for answer in kept} == {"0"}
    for answer in (first, *tries):
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "gateway-cache-control" not in answer.headers
    headers = {**bearer(boris), "If-None-Match": first.headers["etag"]}
    unchanged = await shop.client.get(PRODUCTS, params={"size": 3}, headers=headers)
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_the_next_reader_sees_a_change_immediately(
    shop: Shop, manager: str, tea: Any
) -> None:
    reader, path = await shop.newcomer_token(), f"{PRODUCTS}/{tea['id']}"
    for price in (200, 300):
        for _ in range(2):  # the second time out of memory
            await shop.get(path, reader)
            await shop.get(PRODUCTS, reader, size=5)
        changed = await shop.client.patch(path, json={"price": price}, headers=bearer(manager))
        assert changed.status_code == 200
        assert (await shop.get(path, reader)).json()["price"] == price
        page = (await shop.get(PRODUCTS, reader, size=5)).json()
        assert {item["id"]: item["price"] for item in page["items"]}[tea["id"]] == price


async def test_who_may_see_less_never_gets_a_page_of_who_may_see_more(
    shop: Shop, manager: str, tea: Any
) -> None:
    reader, path = await shop.newcomer_token(), f"{PRODUCTS}/{tea['id']}"
    assert (await shop.get(path, reader)).status_code == 200
    (await shop.client.delete(path, headers=bearer(manager))).raise_for_status()
    for _ in range(2):
        assert (await shop.get(path, manager)).json()["is_active"] is False
        assert (await shop.get(path, reader)).status_code == 404
        assert (await shop.get(path)).status_code == 401


async def test_another_gateway_sees_a_change_within_a_second(
    shop: Shop, system: BackgroundSystem, manager: str, tea: Any
) -> None:
    reader, path = await shop.newcomer_token(), f"{PRODUCTS}/{tea['id']}"
    await shop.get(path, reader)
    catalog = system.settings.url("catalog")
    async with httpx2.AsyncClient(base_url=catalog, headers=bearer(manager)) as elsewhere:
        (await elsewhere.patch(path, json={"price": 700})).raise_for_status()
    changed = asked = time.monotonic()
    while (await shop.get(path, reader)).json()["price"] != 700:
        assert asked - changed < SECOND
        asked = time.monotonic()
