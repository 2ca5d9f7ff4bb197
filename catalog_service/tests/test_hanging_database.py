"""PostgreSQL hangs: connections are taken and nothing is answered. Everybody gets a 503 in time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.models import Product
from catalog_service.orm import APP
from catalog_service.tests.buyers import Buyer
from catalog_service.tests.conftest import PRODUCTS, running_service
from testing.database import ServiceDatabase, migrated_database
from testing.outage import SuspendableServer, seconds_until_503

pytestmark = pytest.mark.timing

TIMEOUT = 1.0
SLACK = 4.0  # of a busy machine; without a timeout nothing came for 20 s
"""For PostgreSQL's own limit to come first, and a machine with other work."""
CROWD = 20
POOL = 3

Request = Callable[[Buyer], Awaitable[httpx2.Response]]
REQUESTS: dict[str, Request] = {
    "a list": lambda buyer: buyer.get(PRODUCTS),
    "a search": lambda buyer: buyer.get(PRODUCTS, q="tea"),
    "one product": lambda buyer: buyer.get(f"{PRODUCTS}/1"),
    "a cart": lambda buyer: buyer.get("/api/v1/cart"),
    "an order": lambda buyer: buyer.order(),
    "ready": lambda buyer: buyer.get("/health/ready"),
}


@pytest.fixture(scope="module")
async def database(suspendable: SuspendableServer) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(suspendable.url, app=APP) as database:
        yield database


@pytest.fixture(scope="module")
async def app(database: ServiceDatabase) -> AsyncIterator[FastAPI]:
    changes = {"statement_timeout": TIMEOUT, "database_pool_size": POOL}
    async with running_service(database.runtime_url, **changes) as app:
        await Product.create(name="Tea", price=1)
        yield app


@pytest.mark.parametrize("name", REQUESTS)
async def test_each_response_is_a_503_within_the_timeout(
    anna: Buyer, suspendable: SuspendableServer, name: str
) -> None:
    await anna.cart()
    with suspendable.suspended():
        seconds = await seconds_until_503(REQUESTS[name](anna))

    assert seconds < TIMEOUT + SLACK + (1.0 if name == "ready" else 0.0)  # of the check itself


async def test_a_crowd_larger_than_the_pool_waits_no_longer_than_one(
    anna: Buyer, suspendable: SuspendableServer
) -> None:
    await anna.cart()
    with suspendable.suspended():
        waited = await asyncio.gather(
            *(seconds_until_503(anna.get(PRODUCTS)) for _ in range(CROWD))
        )

    assert max(waited) < TIMEOUT + SLACK
    assert (await anna.get(PRODUCTS)).status_code == 200
