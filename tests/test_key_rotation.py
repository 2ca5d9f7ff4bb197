"""While people use the shop its keys change, and nobody sees a 401."""

import asyncio
import subprocess
import sys
from collections import Counter

import pytest

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import Person, Shop

pytestmark = pytest.mark.timing

SHORTEST = "PT10S"
"""The least that AUTH_KEY_PUBLISHED_AHEAD may be."""
TIMEOUT = 120.0
CUSTOMERS = 6


@pytest.mark.parametrize("rotations", [1, pytest.param(3, marks=pytest.mark.soak)])
async def test_rotations_under_load_without_one_401(
    system: BackgroundSystem, shop: Shop, rotations: int
) -> None:
    statuses: Counter[int] = Counter()
    stopping = asyncio.Event()
    oldest = await shop.newcomer_token()
    customers = [
        asyncio.create_task(_use(shop, oldest, statuses, stopping)) for _ in range(CUSTOMERS)
    ]

    for _ in range(rotations):
        async with asyncio.timeout(TIMEOUT):
            while not await asyncio.to_thread(_rotate, system):
                await asyncio.sleep(0.5)
        seen = statuses.total()
        while statuses.total() < seen + 10 * CUSTOMERS:
            await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.gather(*customers)

    assert set(statuses) == {200}


async def _use(shop: Shop, oldest: str, statuses: Counter[int], stopping: asyncio.Event) -> None:
    """Read with a token of the key before, and with the newest one there is, again and again."""
    person = Person()
    (await shop.register(person)).raise_for_status()
    pair = (await shop.sign_in(person.email)).raise_for_status().json()
    while not stopping.is_set():
        refreshed = await shop.refresh(pair["refresh_token"])
        statuses[refreshed.status_code] += 1
        pair = refreshed.raise_for_status().json()
        for token in (oldest, pair["access_token"]):
            for path in ("/api/v1/users/me", "/api/v1/products"):
                statuses[(await shop.get(path, token)).status_code] += 1


def _rotate(system: BackgroundSystem) -> bool:
    """Rotate as an operator does; tell whether the next key has been published for long enough."""
    auth = next(program for program in services(system.settings) if program.name == "auth")
    done = subprocess.run(
        [sys.executable, "-m", "auth_service.cli", "keys", "rotate"],
        env={**auth.environment, "AUTH_KEY_PUBLISHED_AHEAD": SHORTEST},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode == 0
