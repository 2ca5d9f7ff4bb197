"""The catalog service with a real primary and a real streaming replica of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.orm import APP
from catalog_service.replicas.reading import Replicas
from catalog_service.replicas.replica import Replica
from catalog_service.tests.conftest import running_service
from testing.database import ServiceDatabase, migrated_database
from testing.outage import Cable
from testing.streaming import Standby, Streaming, ask, until
from testing.tokens import access_token


@pytest.fixture(autouse=True)
def steps_of_one() -> None:
    """Take steps as they are."""


@pytest.fixture(scope="package")
async def database(streaming: Streaming) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(streaming.primary.url, app=APP) as database:
        yield database


@pytest.fixture(scope="module")
def standby(streaming: Streaming) -> Iterator[Standby]:
    """A server that follows the primary."""
    with streaming.standby("standby") as server:
        yield Standby(server, streaming.primary)


@pytest.fixture(scope="module")
async def line(standby: Standby, database: ServiceDatabase) -> AsyncIterator[Cable]:
    """What the service reaches the replica by."""
    await standby.caught_up()
    line = Cable(standby.at(database.runtime_url))
    await line.connect()
    yield line
    line.cut()


@pytest.fixture(scope="module")
async def app(cable: Cable, line: Cable) -> AsyncIterator[FastAPI]:
    async with serving(cable.url, line.url) as app:
        yield app


@pytest.fixture
async def replica(app: FastAPI, standby: Standby, empty_tables: None) -> Replica:
    """What the service thinks of the replica, once it is well and has everything."""
    await standby.caught_up()
    return await used(app)


@asynccontextmanager
async def serving(database_url: str, *replica_urls: str) -> AsyncIterator[FastAPI]:
    """Run a service with these replicas."""
    changes = {"replica_urls": list(replica_urls), "database_pool_size": 3}
    async with running_service(database_url, **changes) as app:
        yield app


@asynccontextmanager
async def client_of(app: FastAPI, *roles: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client who is signed in with these roles."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        client.headers["Authorization"] = f"Bearer {access_token(roles=list(roles))}"
        yield client


async def promoted(standby: Standby) -> None:
    """Have a replica begin a history of its own."""
    await ask(standby.server, "SELECT pg_promote()")
    await until(standby.server, "SELECT NOT pg_is_in_recovery()")


async def used(app: FastAPI) -> Replica:
    """Have the service find out now what it would within a second, and that all is well."""
    replicas: Replicas = app.state.replicas
    [replica] = replicas.replicas
    async with asyncio.timeout(30):
        await replicas.probe()
        while not replica.is_used:  # a machine with much to do may miss a probe
            await replicas.probe()
    return replica
