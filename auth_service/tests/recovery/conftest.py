"""Somebody who has forgotten the password."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth_service.tests.conftest import register
from testing.clock import MovableClock

FORGOT = "/api/v1/auth/password/forgot"
LATER = timedelta(seconds=61)
"""After which a further email may be asked for."""


@pytest.fixture
async def account(client: httpx2.AsyncClient, clock: MovableClock) -> dict[str, Any]:
    """Somebody who may ask for an email."""
    account = await register(client)
    clock.advance(LATER)
    return account


async def forget(client: httpx2.AsyncClient, login: str = "anna@example.com") -> httpx2.Response:
    return await client.post(FORGOT, json={"login": login})
