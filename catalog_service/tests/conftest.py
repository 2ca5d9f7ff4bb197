"""The catalog service on a real, migrated database; its client speaks HTTP to the application."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.main import create_app
from catalog_service.orm import APP
from catalog_service.settings import CatalogSettings
from catalog_service.tests.buyers import Buyer, some_buyers
from catalog_service.tests.processes import Start, processes_on
from catalog_service.tests.shell import Shell
from testing.database import ServiceDatabase, migrated_database
from testing.outage import Cable
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key

PRODUCTS = "/api/v1/products"
SECRETS = ["a-secret-of-the-tests-and-of-nothing-else"]
UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


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
        settings = CatalogSettings.model_validate(
            {
                "database_url": database_url,
                "jwks_url": jwks_url,
                "secrets": SECRETS,
                "internal_secrets": SECRETS,
                "accounts_interval": timedelta(minutes=1),  # what tests of the feed change
                **changes,
            }
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            yield app


@pytest.fixture(scope="module")
async def app(cable: Cable) -> AsyncIterator[FastAPI]:
    """The running service; it ends with the module, as commands run in this process too."""
    async with running_service(cable.url, database_pool_size=3) as app:
        yield app


@pytest.fixture(autouse=True)
def steps_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let revisions count the changes."""
    monkeypatch.setattr("catalog_service.products.state.LONGEST_STEP", 1)


@pytest.fixture
async def empty_tables(database: ServiceDatabase) -> AsyncIterator[None]:
    """What one test writes is gone before the next."""
    yield
    await database.empty()
    connection = await asyncpg.connect(database.runtime_url)
    try:
        await connection.execute("INSERT INTO catalog_state (id) VALUES (1)")
    finally:
        await connection.close()


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that brings no token."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        yield client


@pytest.fixture
async def reader(stranger: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A client that is signed in."""
    stranger.headers["Authorization"] = f"Bearer {access_token()}"
    return stranger


@pytest.fixture
async def editor(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the shop's staff."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        client.headers["Authorization"] = f"Bearer {access_token(roles=['manager'])}"
        yield client


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[Buyer]:
    """Somebody who buys."""
    async with some_buyers(app, 1) as [buyer]:
        yield buyer


@pytest.fixture
async def boris(app: FastAPI) -> AsyncIterator[Buyer]:
    """Somebody else who buys."""
    async with some_buyers(app, 1) as [buyer]:
        yield buyer


@pytest.fixture
async def manager(app: FastAPI) -> AsyncIterator[Buyer]:
    """One of the shop's staff."""
    async with some_buyers(app, 1, "manager") as [buyer]:
        yield buyer


@pytest.fixture
async def start(database: ServiceDatabase) -> AsyncIterator[Start]:
    """Starts processes that know the service's database."""
    async with processes_on(database, SECRETS) as start:
        yield start


@pytest.fixture
def shell(
    database: ServiceDatabase,
    empty_tables: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """Commands that know the service's database."""
    monkeypatch.setenv("CATALOG_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("CATALOG_MIGRATION_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("CATALOG_SECRETS", json.dumps(SECRETS))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(SECRETS))
    monkeypatch.delenv("CATALOG_BOOTSTRAP_DATABASE_URL", raising=False)
    return Shell(capsys)


def broken_fields(response: httpx2.Response) -> list[str]:
    """Return the fields that a 422 names."""
    assert response.status_code == 422, response.text
    body = response.json()
    assert body["error"] == "validation_failed"
    return [problem["field"] for problem in body["fields"]]
