"""Paths for other services alone: who presents none of their secrets gets the one 401."""

import httpx2
import pytest

from auth_service.tests.account_feed import reader
from auth_service.tests.conftest import (
    INTERNAL_SECRETS,
    assert_unauthorized,
    bearer,
    register,
    sign_in,
)
from auth_service.tests.internal import guarded

pytestmark = pytest.mark.parametrize("path", [reader.PATH, "/internal/revocations"])


@pytest.mark.parametrize(
    "headers", [{}, guarded("wrong"), guarded(""), {"Authorization": "Basic x"}]
)
async def test_without_the_secret_it_is_the_one_401(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert_unauthorized(await client.get(path, headers=headers))


async def test_a_persons_token_opens_nothing_here(client: httpx2.AsyncClient, path: str) -> None:
    await register(client)

    assert_unauthorized(await client.get(path, headers=bearer(await sign_in(client))))


async def test_every_listed_secret_is_honoured(client: httpx2.AsyncClient, path: str) -> None:
    for secret in INTERNAL_SECRETS:
        assert (await client.get(path, headers=guarded(secret))).status_code == 200
