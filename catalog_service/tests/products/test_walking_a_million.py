"""A walk through a million products while others come and go (`make soak`)."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.orm import APP
from catalog_service.products.state import raise_revision
from catalog_service.tests.conftest import PRODUCTS
from testing.catalog_filling import fill
from testing.database import ServiceDatabase, migrated_database

pytestmark = pytest.mark.soak

COUNT = 1_000_000
TOUCHED = range(7, COUNT, 500)


@pytest.fixture(scope="module")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=APP) as database:
        await fill(database.owner_url, COUNT)
        yield database


async def come_and_go(done: asyncio.Event) -> None:
    """Add products among the others, and take some away, until the walk is done."""
    for product_id in TOUCHED:
        if done.is_set():
            return
        beside = await Product.get(id=product_id + 250)
        await Product.create(name="New", price=1, created_at=beside.created_at)
        gone = await Product.filter(id=product_id, is_active=True).update(is_active=False)
        await raise_revision(activated=1 - gone)


async def test_each_untouched_product_is_met_exactly_once(reader: httpx2.AsyncClient) -> None:
    active = await Product.filter(is_active=True).values_list("id", flat=True)
    untouched = {int(str(product_id)) for product_id in active} - set(TOUCHED)
    done = asyncio.Event()
    writing = asyncio.create_task(come_and_go(done))

    body = (await reader.get(PRODUCTS, params={"size": 100})).json()
    met = [item["id"] for item in body["items"]]
    while body["next_cursor"] is not None:
        following = {"cursor": body["next_cursor"], "size": 100}
        body = (await reader.get(PRODUCTS, params=following)).json()
        met += [item["id"] for item in body["items"]]
    done.set()
    await writing

    assert len(met) == len(set(met))
    assert untouched <= set(met)
