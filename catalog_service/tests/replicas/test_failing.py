"""Replicas that die or hang: readers notice nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.replicas import replica as module
from catalog_service.replicas.replica import Replica
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add
from catalog_service.tests.replicas.conftest import client_of, used
from testing.database import ServiceDatabase
from testing.outage import Cable
from testing.streaming import Standby

pytestmark = pytest.mark.timing


@asynccontextmanager
async def readers(app: FastAPI, count: int) -> AsyncIterator[list[int]]:
    """Have so many read without a pause; gives the list of the statuses of their answers."""
    statuses: list[int] = []
    over = asyncio.Event()

    async def read(client: httpx2.AsyncClient) -> None:
        paths = [PRODUCTS, f"{PRODUCTS}?q=product", f"{PRODUCTS}/1", f"{PRODUCTS}?page=2&size=3"]
        while not over.is_set():
            for path in paths:
                statuses.append((await client.get(path)).status_code)

    async with client_of(app) as client:
        tasks = [asyncio.create_task(read(client)) for _ in range(count)]
        try:
            yield statuses
        finally:
            over.set()
            await asyncio.gather(*tasks)


async def so_many_more(statuses: list[int], count: int = 40) -> None:
    """Wait for further answers."""
    wanted = len(statuses) + count
    async with asyncio.timeout(30):
        while len(statuses) < wanted:
            await asyncio.sleep(0.01)


async def test_a_replica_that_is_killed_fails_no_read_and_is_used_again(
    app: FastAPI, replica: Replica, standby: Standby
) -> None:
    await add(10)
    async with readers(app, 8) as statuses:
        await so_many_more(statuses)
        answered = replica.reads["answered"]
        assert answered

        standby.kill()
        await so_many_more(statuses)
        assert not replica.is_used

        standby.server.start()
        async with asyncio.timeout(30):  # a probe each second
            while replica.reads["answered"] <= answered + 40:
                await asyncio.sleep(0.01)
    assert set(statuses) == {200}


async def test_reads_that_hang_in_it_are_answered_by_the_primary(
    app: FastAPI, replica: Replica, line: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.5)
    await add(10)
    async with readers(app, 8) as statuses:
        await so_many_more(statuses)
        line.freeze()
        await so_many_more(statuses)
        assert not replica.is_used
        line.cut()
        await line.connect()
        await used(app)
        await so_many_more(statuses)
    assert set(statuses) == {200}


async def test_reads_that_its_replay_has_to_end_are_answered_by_the_primary(
    app: FastAPI, replica: Replica, database: ServiceDatabase
) -> None:
    await add(10)
    before = replica.reads["failed"]
    owner = await asyncpg.connect(database.owner_url)
    try:
        async with readers(app, 8) as statuses, asyncio.timeout(60):
            while replica.reads["failed"] < before + 3:
                async with owner.transaction():
                    await owner.execute("LOCK TABLE product IN ACCESS EXCLUSIVE MODE")
                await asyncio.sleep(0.02)
    finally:
        await owner.close()
    assert set(statuses) == {200}


async def test_it_is_ready_without_its_replica_and_its_life_goes_on(
    app: FastAPI, replica: Replica, editor: httpx2.AsyncClient, line: Cable
) -> None:
    line.cut()
    for number in range(3):
        made = await editor.post(PRODUCTS, json={"name": "Tea", "price": number})
        assert (await editor.get(f"{PRODUCTS}/{made.json()['id']}")).json() == made.json()
        await app.state.replicas.probe()
    ready = await editor.get("/health/ready")
    await line.connect()

    assert ready.status_code == 200
    assert not replica.is_used
    await used(app)


async def test_without_the_primary_nobody_knows_what_is_new(
    app: FastAPI, replica: Replica, reader: httpx2.AsyncClient, cable: Cable
) -> None:
    assert (await reader.get(PRODUCTS)).status_code == 200
    cable.cut()
    answers = [await reader.get(PRODUCTS), await reader.get("/health/ready")]
    await cable.connect()

    assert [answer.status_code for answer in answers] == [503, 503]
    assert (await reader.get(PRODUCTS)).status_code == 200
