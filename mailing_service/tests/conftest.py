"""The mailing service on a real, migrated database; its client speaks HTTP to the application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.main import create_app
from mailing_service.orm import APP
from mailing_service.settings import MailingSettings
from testing.database import ServiceDatabase, migrated_database
from testing.mailing.processes import SECRETS
from testing.outage import Cable
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key

UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token, and their client."""

    id: UUID
    client: httpx2.AsyncClient


@pytest.fixture(scope="package")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=APP) as database:
        yield database


@pytest.fixture(scope="module")
async def cable(database: ServiceDatabase) -> AsyncIterator[Cable]:
    """What the service reaches its database by."""
    cable = Cable(database.runtime_url)
    await cable.connect()
    yield cable
    cable.cut()


@asynccontextmanager
async def running_service(database_url: str, **changes: object) -> AsyncIterator[FastAPI]:
    """Run the service on this database, with settings of the tests and these `changes`."""
    async with serving_document(jwks(signing_key())) as jwks_url:
        settings = MailingSettings.model_validate(
            {
                "database_url": database_url,
                "jwks_url": jwks_url,
                "secrets": SECRETS,
                "internal_secrets": SECRETS,
                "accounts_interval": "60",  # there is no auth to ask
                **changes,
            }
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            yield app


@pytest.fixture(scope="module")
def pictures_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps pictures."""
    return tmp_path_factory.mktemp("data") / "pictures"


@pytest.fixture(scope="module")
async def app(cable: Cable, pictures_dir: Path) -> AsyncIterator[FastAPI]:
    """The running service; it ends with the module, as commands run in this process, too."""
    async with running_service(cable.url, database_pool_size=3, pictures_dir=pictures_dir) as app:
        yield app


@pytest.fixture
async def empty_tables(database: ServiceDatabase) -> AsyncIterator[None]:
    """What a test writes is gone for the next."""
    yield
    await database.empty(but=("address_keys", "address_counts"))
    connection = await asyncpg.connect(database.runtime_url)
    try:
        await connection.execute("INSERT INTO sending_state (id) VALUES (1)")
        await connection.execute("INSERT INTO content_revision (id) VALUES (1)")
    finally:
        await connection.close()


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that brings no token."""
    async with _client(app) as client:
        yield client


@pytest.fixture
async def somebody(app: FastAPI) -> AsyncIterator[Callable[..., Person]]:
    """Makes people with a verified email and these roles."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(_client(app)) for _ in range(6)]

        def make(*roles: str, **claims: Any) -> Person:
            person = Person(uuid4(), clients.pop())
            token = access_token(
                sub=str(person.id),
                roles=["user", *roles],
                **{"email_verified": True, **claims},
            )
            person.client.headers["Authorization"] = f"Bearer {token}"
            return person

        yield make


@pytest.fixture
async def anna(somebody: Callable[..., Person]) -> Person:
    """Somebody who writes mailings."""
    return somebody()


@pytest.fixture
async def boris(somebody: Callable[..., Person]) -> Person:
    """Somebody else who writes mailings."""
    return somebody()


@pytest.fixture
async def manager(somebody: Callable[..., Person]) -> Person:
    """Somebody who moderates."""
    return somebody("manager")


@pytest.fixture
async def admin(somebody: Callable[..., Person]) -> Person:
    """An administrator."""
    return somebody("admin")


def _client(app: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://mailing")
