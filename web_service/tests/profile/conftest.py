"""Somebody who is signed in, as auth says."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from web_service.models import BrowserSession
from web_service.tests.accounts import ME
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway

Anna = Callable[..., Awaitable[tuple[httpx2.AsyncClient, dict[str, Any]]]]


@pytest.fixture
def anna(sign_in: SignIn, gateway: FakeGateway) -> Anna:
    """Signs her in; returns the browser, and what auth says of her."""

    async def anna(**changes: object) -> tuple[httpx2.AsyncClient, dict[str, Any]]:
        browser = await sign_in(**changes)
        session = await BrowserSession.get()
        somebody = person(id=str(session.user_id), **changes)
        gateway.on("GET", ME, somebody)
        return browser, somebody

    return anna
