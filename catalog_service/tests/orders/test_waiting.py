"""A request whose key is still being worked on is refused after a bounded time."""

import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from fastapi import FastAPI

from catalog_service.models import Product
from catalog_service.tests.buyers import Buyer
from catalog_service.tests.conftest import running_service
from testing.database import ServiceDatabase

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]


@pytest.fixture(scope="module")
async def app(database: ServiceDatabase) -> AsyncIterator[FastAPI]:
    """The service with short timeouts."""
    async with running_service(database.runtime_url, statement_timeout=0.3) as app:
        yield app


async def test_the_second_of_two_requests_waits_no_longer_than_a_statement_may_take(
    anna: Buyer, database: ServiceDatabase
) -> None:
    await anna.add((await Product.create(name="Tea", price=10), 1))
    first = await asyncpg.connect(database.runtime_url)
    try:
        transaction = first.transaction()
        await transaction.start()
        await first.execute(
            "INSERT INTO idempotency_key (user_id, key, request_hash, created_at)"
            " VALUES ($1, 'key', $2, now())",
            anna.user_id,
            uuid.uuid4().bytes,
        )
        second = await anna.order("key")
        await transaction.rollback()
    finally:
        await first.close()

    assert (second.status_code, second.json()["error"]) == (409, "order_in_progress")
    assert (await anna.order("key")).status_code == 201
