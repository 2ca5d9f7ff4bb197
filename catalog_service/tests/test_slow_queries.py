"""What PostgreSQL takes too long for is given up, and said so."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.tests.conftest import PRODUCTS, running_service
from testing.database import ServiceDatabase


@pytest.fixture(scope="module")
async def app(database: ServiceDatabase) -> AsyncIterator[FastAPI]:
    """A service that waits for no statement longer than a tenth of a second."""
    async with running_service(database.runtime_url, statement_timeout=0.1) as app:
        yield app


@pytest.fixture
async def slow(database: ServiceDatabase) -> AsyncIterator[None]:
    """Somebody keeps everybody from reading products."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE product IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("query", ["", "?price_min=1&q=tea&sort=name", "?page=5000"])
async def test_a_list_that_takes_too_long_is_named(reader: httpx2.AsyncClient, query: str) -> None:
    response = await reader.get(PRODUCTS + query)

    assert (response.status_code, response.json()) == (
        422,
        {
            "code": 422,
            "message": "This list takes too long to make; ask for less, or in another order.",
            "error": "query_too_slow",
            "fields": [],
        },
    )


async def test_the_next_list_is_made(reader: httpx2.AsyncClient) -> None:
    assert (await reader.get(PRODUCTS)).status_code == 200
