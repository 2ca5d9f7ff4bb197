"""The web service on a real, migrated database, before a scripted gateway."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from shared import clock
from testing.database import ServiceDatabase, migrated_database
from testing.tokens import access_token
from web_service.main import create_app
from web_service.orm import APP
from web_service.sessions import cookie, service
from web_service.sessions.tokens import Tokens
from web_service.settings import WebSettings
from web_service.tests.fake_gateway import FakeGateway, fake_gateway

SECRETS = ["a-secret-of-the-tests-and-of-nothing-else"]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that a page of ours has sent."""

SignIn = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture(scope="package")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=APP) as database:
        yield database


@asynccontextmanager
async def running_service(
    database: ServiceDatabase, gateway: FakeGateway, **changes: object
) -> AsyncIterator[FastAPI]:
    """Run the service, with settings of the tests and these `changes`."""
    settings = WebSettings.model_validate(
        {
            "database_url": database.runtime_url,
            "secrets": SECRETS,
            "on_behalf_secrets": SECRETS,
            "gateway_url": gateway.url,
            "database_pool_size": 3,
            **changes,
        }
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    """What the service reaches instead of the gateway."""
    async with fake_gateway() as gateway:
        yield gateway


@pytest.fixture
async def app(database: ServiceDatabase, gateway: FakeGateway) -> AsyncIterator[FastAPI]:
    """The running service; what one test writes is gone before the next."""
    async with running_service(database, gateway) as app:
        yield app
    await database.empty()


@asynccontextmanager
async def browser_of(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a browser, which sends forms as a page of ours would, and follows no redirect."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://shop", headers=SAME_ORIGIN
    ) as browser:
        yield browser


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which nobody is signed in."""
    async with browser_of(app) as browser:
        yield browser


def person(**changes: object) -> dict[str, object]:
    """Return what the API says of somebody."""
    return {
        "id": str(uuid4()),
        "full_name": "Анна Петрова",
        "email": "anna@example.com",
        "phone": "+79161234567",
        "roles": ["user"],
        "language": "en",
        "time_zone": "Europe/Moscow",
        "is_active": True,
        "is_email_verified": True,
        "created_at": "2026-11-29T10:00:00Z",
        "updated_at": "2026-11-29T10:00:00Z",
        **changes,
    }


@pytest.fixture
def sign_in(app: FastAPI, browser: httpx2.AsyncClient) -> SignIn:
    """Signs somebody in in the browser, by `sign_in("user", "manager", full_name="Maria")`."""

    async def sign_in(*roles: str, **changes: object) -> httpx2.AsyncClient:
        somebody = person(roles=list(roles or ("user",)), **changes)
        expires = clock.now() + timedelta(minutes=15)
        tokens = Tokens(
            access_token(sub=somebody["id"], roles=somebody["roles"]), "refresh-token", expires
        )
        value = await service.begin(tokens, somebody, box=app.state.box, remember=False)
        name = cookie.cookie_name(secure=False)
        browser.cookies.set(name, value, domain="shop.local", path="/")
        return browser

    return sign_in
