"""A session whose access token has expired, and a page that needs a good one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response

from shared import clock
from web_service.models import BrowserSession
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.pages.serving import PageServer
from web_service.sessions import cookie, service
from web_service.sessions.tokens import Tokens
from web_service.tests.conftest import browser_of, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sessions.rotating_auth import ME, RotatingAuth

Expire = Callable[[], Awaitable[None]]
WHO = "/test/who"


async def show_who(page: Page) -> Response:
    """A page that makes one call with the token."""
    await page.api.get(ME)
    return PlainTextResponse("you")


def with_page(app: FastAPI) -> FastAPI:
    """Add that page to an application."""
    PageServer(app).add(get(WHO, show_who, SIGNED_IN))
    return app


@pytest.fixture
def auth(gateway: FakeGateway) -> RotatingAuth:
    """What rotates the session's tokens."""
    return RotatingAuth().at(gateway)


@pytest.fixture
async def value(app: FastAPI, auth: RotatingAuth) -> str:
    """The cookie of a session whose access token has expired."""
    with_page(app)
    tokens = Tokens(auth.issue(), auth.name(0), clock.now() - timedelta(seconds=1))
    return await service.begin(tokens, person(), box=app.state.box, remember=False)


@pytest.fixture
async def tab(app: FastAPI, value: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with that session."""
    async with browser_of(app) as browser:
        browser.cookies.set(cookie.cookie_name(secure=False), value)
        yield browser


@pytest.fixture
def expire(app: FastAPI) -> Expire:
    """Lets the access token of the session expire."""

    async def expire() -> None:
        await BrowserSession.all().update(access_expires_at=clock.now() - timedelta(seconds=1))

    return expire
