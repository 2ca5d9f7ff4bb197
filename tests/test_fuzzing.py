"""What schemathesis finds, with all its checks on, in what the documents promise: nothing."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from standalone import registry
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import PASSWORD, Shop, verified_token

pytestmark = pytest.mark.soak

SCHEMATHESIS = ROOT / ".venv" / "tools" / "fuzz" / "bin" / "schemathesis"
HOOKS = ROOT / "tests" / "schemathesis_hooks.py"
CASES = 20
"""For each operation, beside those that try the edges of every parameter one by one."""
ADMINISTRATOR = "admin@example.com"
ENDS_OWN_SESSION = (
    "POST /api/v1/auth/logout",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "DELETE /api/v1/users/{user_id}/sessions",
)
"""Left out at the gateway, which would answer all that follows with 401."""


async def _administrator(shop: Shop, _system: BackgroundSystem) -> str:
    token: str = (await shop.sign_in(ADMINISTRATOR)).raise_for_status().json()["access_token"]
    return token


async def _newcomer(shop: Shop, _system: BackgroundSystem) -> str:
    return await shop.newcomer_token()


@pytest.fixture
def fresh_system(tmp_path: Path) -> Iterator[BackgroundSystem]:
    """A system for each run, because it blocks and deletes whom it finds."""
    with BackgroundSystem(tmp_path / "system") as system:
        yield system


@pytest.mark.parametrize("who", [_administrator, _newcomer, verified_token])
@pytest.mark.parametrize("part", [service.name for service in registry.services()])
async def test_schemathesis_finds_nothing(
    fresh_system: BackgroundSystem,
    tmp_path: Path,
    part: str,
    who: Callable[[Shop, BackgroundSystem], Awaitable[str]],
) -> None:
    url = fresh_system.settings.url(part)
    async with httpx2.AsyncClient(base_url=fresh_system.url, timeout=20) as client:
        shop = Shop(client)
        await _give_the_administrator_a_password(shop, fresh_system)
        token = await who(shop, fresh_system)

        but = ENDS_OWN_SESSION if part == "gateway" else ()
        found, output = await _fuzz(url, token, folder=tmp_path, but=but)

        assert not found, output
        if part == "gateway":
            (await shop.get("/api/v1/users/me", token)).raise_for_status()


async def _give_the_administrator_a_password(shop: Shop, system: BackgroundSystem) -> None:
    first = system.settings.admin_password_file.read_text().strip()
    signed_in = (await shop.sign_in(ADMINISTRATOR, first)).raise_for_status()
    passwords = {"password": PASSWORD, "password_confirmation": PASSWORD}
    body = {"current_password": first, **passwords}
    token = signed_in.json()["access_token"]
    (await shop.post("/api/v1/auth/password/change", token, body)).raise_for_status()


async def _fuzz(url: str, token: str, *, folder: Path, but: tuple[str, ...]) -> tuple[bool, str]:
    """Return whether schemathesis found something, and what it said."""
    options = ["--checks", "all", "--max-examples", str(CASES), "--request-timeout", "10"]
    options += ["--header", f"Authorization: Bearer {token}", "--no-color", "--continue-on-failure"]
    options += [option for name in but for option in ("--exclude-name", name)]
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "--config-file",
        ROOT / "schemathesis.toml",
        "run",
        f"{url}/openapi.json",
        *options,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode != 0, output.decode()
