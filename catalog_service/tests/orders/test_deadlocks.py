"""Products whose skus change concurrently are waited for; who loses the wait begins again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import asyncpg
import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.buyers import Buyer
from testing.database import ServiceDatabase

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]

Request = Callable[[Buyer, Product, Product], Coroutine[Any, Any, httpx2.Response]]


async def add(buyer: Buyer, first: Product, second: Product) -> httpx2.Response:
    return await buyer.add((second, 1), (first, 1))


async def order(buyer: Buyer, first: Product, second: Product) -> httpx2.Response:
    return await buyer.order()


@pytest.fixture
async def other(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else at the database."""
    connection = await asyncpg.connect(database.runtime_url)
    yield connection
    await connection.close()


async def until_somebody_waits(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.admin_url)
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    try:
        async with asyncio.timeout(20):
            while not await connection.fetchval(waiting):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


@pytest.mark.parametrize("request_", [add, order])
async def test_a_buyer_who_loses_a_deadlock_does_not_notice(
    anna: Buyer, database: ServiceDatabase, other: asyncpg.Connection, request_: Request
) -> None:
    cup, tea = [await Product.create(name=name, price=10) for name in ("Cup", "Tea")]
    if request_ is order:
        await anna.add((tea, 1), (cup, 1))

    async with other.transaction():
        await other.execute("UPDATE product SET sku = 'cup' WHERE id = $1", cup.id)
        asked = asyncio.create_task(request_(anna, cup, tea))
        await until_somebody_waits(database)
        await other.execute("UPDATE product SET sku = 'tea' WHERE id = $1", tea.id)
    response = await asked

    assert response.is_success, response.text
    assert len(response.json()["lines"]) == 2
