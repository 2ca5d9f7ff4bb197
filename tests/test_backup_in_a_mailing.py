"""A backup that was taken in the middle of a mailing, and restored: nothing is sent by itself."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from standalone.backup import here
from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import PASSWORD, Shop
from tests.test_reset_beside_a_mailing import (
    CountingSink,
    administrator,
    sink,
    start_mailing,
    token_of,
    until,
)

__all__ = ["sink"]

pytestmark = pytest.mark.soak

PASSPHRASE = "correct horse battery"
RECIPIENTS = 200


async def test_the_rest_is_sent_when_its_owner_resumes_it(
    sink: CountingSink, tmp_path: Path
) -> None:
    file = tmp_path / "shop.backup"
    system = system_before(sink, tmp_path)
    await asyncio.to_thread(system.start)
    try:
        async with httpx2.AsyncClient(base_url=system.url, timeout=60) as client:
            shop = Shop(client)
            mailing = await start_mailing(shop, await administrator(shop, system), RECIPIENTS)
            await until(lambda: sink.mailed >= 10)
            await asyncio.to_thread(here.take, system.settings, file, passphrase=PASSPHRASE)
            taken = sink.mailed
            await until(lambda: sink.mailed >= min(RECIPIENTS, taken + 20))
    finally:
        await asyncio.to_thread(system.stop)
    before = sink.mailed

    await asyncio.to_thread(here.restore, system.settings, file, passphrase=PASSPHRASE)
    await asyncio.to_thread(system.start)
    try:
        async with httpx2.AsyncClient(base_url=system.url, timeout=60) as client:
            await _resume(Shop(client), system, mailing, sink=sink, sent_before=before)
    finally:
        await asyncio.to_thread(system.stop)

    assert set(sink.arrived) >= {f"reader{n}@example.com" for n in range(RECIPIENTS - 20)}
    assert max(sink.arrived.values()) <= 2  # what was sent after the backup, which it cannot know


async def _resume(
    shop: Shop, system: BackgroundSystem, mailing: str, *, sink: CountingSink, sent_before: int
) -> None:
    token = await token_of(shop, PASSWORD)
    paused = await shown(shop, token, mailing, "paused")
    assert paused["status_reason"] == "restored"
    await asyncio.to_thread(release, system)
    await asyncio.sleep(3)
    assert (await shown(shop, token, mailing, "paused"))["status_reason"] == "restored"
    assert sink.mailed == sent_before

    (await shop.post(f"{mailing}/resume", token)).raise_for_status()
    counts = (await shown(shop, token, mailing, "finished", "finished_with_errors"))["counts"]
    assert counts["sent"] + counts["uncertain"] == RECIPIENTS
    assert counts["uncertain"] <= 2 * 10  # twice the connections of a worker


def system_before(sink: CountingSink, folder: Path) -> BackgroundSystem:
    """Return a system that sends 20 emails a second to the sink."""
    environment = {
        "MAILING_SMTP_HOST": "127.0.0.1",
        "MAILING_SMTP_PORT": str(sink.port),
        "MAILING_SERVER_RATE": "20",
        "MAILING_DOMAIN_RATE": "0",
        "MAILING_DOMAIN_CONNECTIONS": "0",
    }
    return BackgroundSystem(folder / "system", environment=environment)


def release(system: BackgroundSystem) -> None:
    """Let workers send again, as an operator does."""
    [program] = [one for one in services(system.settings) if one.name == "mailing"]
    command = [sys.executable, "-m", "mailing_service.cli", "release"]
    subprocess.run(command, env=dict(program.environment), cwd=ROOT, check=True)


async def shown(shop: Shop, token: str, mailing: str, *statuses: str) -> dict[str, Any]:
    """Wait until a mailing has one of these statuses; return it."""
    async with asyncio.timeout(120):
        while True:
            response = (await shop.get(mailing, token)).raise_for_status()
            it: dict[str, Any] = response.json()
            if it["status"] in statuses:
                return it
            await asyncio.sleep(0.2)
