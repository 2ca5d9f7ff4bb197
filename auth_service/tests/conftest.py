"""The auth service on a real, migrated database; its client speaks HTTP to the application."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service import orm
from auth_service.email_requests import requests
from auth_service.main import create_app
from auth_service.settings import AuthSettings
from testing.clock import MovableClock, movable_clock
from testing.database import ServiceDatabase, migrated_database
from testing.outage import Cable

REGISTRATION = {
    "full_name": "Анна Петрова",
    "email": "anna@example.com",
    "phone": "+79161234567",
    "password": "Open:Sesame1",
    "password_confirmation": "Open:Sesame1",
}
"""A registration that keeps all rules."""
INTERNAL_SECRETS = ["what the gateway presents, long enough", "what it presented before, as long"]


def auth_settings(database_url: str, **changes: object) -> AuthSettings:
    """Return settings that hash quickly, and let races of many wait for it."""
    values = {
        "database_url": database_url,
        "secrets": ["a secret of the tests, long enough"],
        "internal_secrets": INTERNAL_SECRETS,
        "argon2_memory_kib": 8 * 1024,
        "argon2_time_cost": 1,
        "hash_queue_size": 100,
        "registrations_per_hour": 0,
        "emails_per_hour": 0,
        **changes,
    }
    return AuthSettings.model_validate(values)


@pytest.fixture(scope="package")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=orm.APP) as database:
        yield database


@pytest.fixture(scope="package")
async def cable(database: ServiceDatabase) -> AsyncIterator[Cable]:
    """What lies between the application and its database, to be cut."""
    cable = Cable(database.runtime_url)
    await cable.connect()
    yield cable
    cable.cut()


@pytest.fixture(scope="package")
async def app(cable: Cable) -> AsyncIterator[FastAPI]:
    app = create_app(auth_settings(cable.url))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "INTERVAL", timedelta(hours=1))  # what waits, waits for the test
        async with app.router.lifespan_context(app):
            yield app


@pytest.fixture(autouse=True)
async def empty_tables(database: ServiceDatabase) -> AsyncIterator[None]:
    yield
    await database.empty(but=("signing_keys",))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://auth") as client:
        yield client


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock


@pytest.fixture
def environment(database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What commands know of the database."""
    monkeypatch.setenv("AUTH_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("AUTH_SECRETS", json.dumps(["a secret of the tests, long enough"]))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(["another secret of the tests, long too"]))
    monkeypatch.setenv("AUTH_ARGON2_MEMORY_KIB", "8192")
    monkeypatch.setenv("AUTH_ARGON2_TIME_COST", "1")
    return monkeypatch


UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


async def register(client: httpx2.AsyncClient, **changes: str) -> dict[str, Any]:
    """Sign up and return the account."""
    response = await client.post("/api/v1/auth/register", json={**REGISTRATION, **changes})
    assert response.status_code == 201, response.text
    account: dict[str, Any] = response.json()
    return account


async def sign_in(client: httpx2.AsyncClient, login: str = REGISTRATION["email"]) -> dict[str, Any]:
    """Sign in with the password of REGISTRATION and return the token pair."""
    credentials = {"login": login, "password": REGISTRATION["password"]}
    response = await client.post("/api/v1/auth/login", json=credentials)
    assert response.status_code == 200, response.text
    pair: dict[str, Any] = response.json()
    return pair


async def refresh(client: httpx2.AsyncClient, refresh_token: str) -> httpx2.Response:
    """Ask for a new pair."""
    return await client.post("/api/v1/auth/refresh", json={"refresh_token": refresh_token})


def bearer(pair: dict[str, Any]) -> dict[str, str]:
    """Return the header field that presents the pair's access token."""
    return {"Authorization": f"Bearer {pair['access_token']}"}


def assert_unauthorized(response: httpx2.Response) -> None:
    """Hold that this is the one 401 there is."""
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    assert response.headers["www-authenticate"] == "Bearer"
