"""Clients that ask for the same page concurrently."""

import asyncio

from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import OTHER_READER, PAGE, READER, read
from testing.gateway.raw_client import RawClient, Reply, request
from testing.gateway.raw_service import RawService, until


async def concurrent_clients(
    shop: RunningGateway, catalog: RawService, size: int = 10
) -> list[Reply]:
    """Let many clients ask, the first a little before the others."""
    before = len(catalog.seen)
    asked = [asyncio.create_task(read(shop))]
    await until(lambda: len(catalog.seen) > before)
    asked += [asyncio.create_task(read(shop, token=OTHER_READER)) for _ in range(size - 1)]
    return await asyncio.gather(*asked)


async def ask_and_wait(client: RawClient, catalog: RawService) -> None:
    """Begin to ask for a page that is held back."""
    before = len(catalog.seen)
    await client.send(request(f"GET {PAGE}", f"authorization: Bearer {READER}"))
    await until(lambda: len(catalog.seen) > before)


async def followers(shop: RunningGateway, count: int) -> None:
    """Wait until so many wait for fills."""
    fills = shop.app.cached._fills
    await until(lambda: sum(fill.followers for fill in fills.values()) == count)
