"""Somebody whose email is to be verified."""

import httpx2
import pytest

from auth_service.models import User
from auth_service.tests.conftest import register, sign_in


@pytest.fixture
async def pair(client: httpx2.AsyncClient) -> dict[str, str]:
    """Somebody who has just registered and signed in."""
    await register(client)
    return await sign_in(client)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def is_verified() -> bool:
    return (await User.get()).is_email_verified
