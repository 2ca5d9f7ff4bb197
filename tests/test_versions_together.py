"""While a new version is rolled out, gateways and auth services of both versions work together."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from testing.database import migrated_database
from testing.old_code import ROOT, serving, unpack
from testing.people import bearer

SECRET = {"INTERNAL_SECRETS": json.dumps(["x" * 32])}
MIGRATION = 3
"""Of the auth service: the newest that either's kept code does not know."""

ACCOUNT = {
    "full_name": "Анна Петрова",
    "email": "anna@example.com",
    "phone": "+79161234567",
    "password": "Open:Sesame1",
    "password_confirmation": "Open:Sesame1",
}
ME = "/api/v1/users/me"


@asynccontextmanager
async def both(
    postgres_url: str, folder: Path, old: str | None
) -> AsyncIterator[httpx2.AsyncClient]:
    """Run the auth service and the gateway before it; `old` is the one of the version before."""

    def code(app: str) -> Path:
        return unpack(app, MIGRATION, folder) if app == old else ROOT

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(migrated_database(postgres_url, app="auth"))
        auth = {
            "AUTH_DATABASE_URL": database.runtime_url,
            "AUTH_SECRETS": json.dumps(["x" * 32]),
            "AUTH_PORT": "0",
            "AUTH_ARGON2_MEMORY_KIB": "8192",
            **SECRET,
        }
        auth_url = await stack.enter_async_context(serving(code("auth"), "auth_service", auth))
        gateway = {
            "GATEWAY_PORT": "0",
            "GATEWAY_METRICS_PORT": "0",
            "GATEWAY_AUTH_URL": auth_url,
            "GATEWAY_CATALOG_URL": "http://127.0.0.1:9",
            **SECRET,
        }
        url = await stack.enter_async_context(serving(code("gateway"), "gateway", gateway))
        yield await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=20))


@pytest.mark.parametrize("old", ["gateway", "auth", None])
async def test_people_sign_in_and_who_signs_out_is_out(
    postgres_url: str, tmp_path: Path, old: str | None
) -> None:
    credentials = {"login": ACCOUNT["email"], "password": ACCOUNT["password"]}
    async with both(postgres_url, tmp_path, old) as shop:
        joined = await shop.post("/api/v1/auth/register", json=ACCOUNT)
        assert joined.status_code == 201, joined.text
        pairs = [(await shop.post("/api/v1/auth/login", json=credentials)).json() for _ in "ab"]
        left, stays = (bearer(pair["access_token"]) for pair in pairs)

        for token in (left, stays):
            assert (await shop.get(ME, headers=token)).status_code == 200
        assert (await shop.post("/api/v1/auth/logout", headers=left)).status_code == 204
        async with asyncio.timeout(20):
            while (await shop.get(ME, headers=left)).status_code != 401:
                await asyncio.sleep(0.1)
        assert (await shop.get(ME, headers=stays)).status_code == 200
