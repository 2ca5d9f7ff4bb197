"""A mailing to many keeps nobody waiting who has forgotten their password."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import pytest

from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, Shop, bearer
from testing.smtp.session import Session
from testing.smtp.sink import Reaction, Sink, Step

pytestmark = pytest.mark.timing

ADMINISTRATOR = "admin@example.com"
PEOPLE = 7
LONGEST_DELAY = 1.0
"""Seconds that a mailing may add to the way of an email of auth."""


@dataclass
class CountingSink(Sink):
    """Counts emails by recipient, which takes no longer the more there are."""

    arrived: Counter[str] = field(default_factory=Counter)
    mailed: int = 0

    def reaction(self, step: Step, session: Session, recipients: list[str]) -> Reaction:
        """React as a sink does, and count."""
        if step is Step.END:
            self.arrived.update(recipients)
            self.mailed += recipients[0].startswith("reader")
        return super().reaction(step, session, recipients)


@pytest.fixture
async def sink() -> AsyncIterator[CountingSink]:
    async with CountingSink(keeps_content=False).running() as sink:
        assert isinstance(sink, CountingSink)
        yield sink


@pytest.fixture
async def busy(sink: CountingSink, tmp_path: Path, rate: str) -> AsyncIterator[BackgroundSystem]:
    """A system that sends mailings at this rate, auth and worker to the same mail server."""
    server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(sink.port)}
    unlimited = ("DOMAIN_RATE", "DOMAIN_CONNECTIONS")
    environment = {
        **{
            f"{service}_{name}": of
            for service in ("AUTH", "MAILING")
            for name, of in server.items()
        },
        **{f"MAILING_{name}": "0" for name in unlimited},
        "MAILING_SERVER_RATE": rate,
    }
    system = BackgroundSystem(tmp_path / "system", environment=environment)
    await asyncio.to_thread(system.start)
    try:
        yield system
    finally:
        await asyncio.to_thread(system.stop)


@pytest.mark.parametrize(
    ("recipients", "rate"),
    # The second takes all that the machine has, which has to have nothing else to do.
    [(3_000, "200"), pytest.param(100_000, "0", marks=pytest.mark.soak)],
)
async def test_who_forgets_their_password_waits_no_longer(
    busy: BackgroundSystem, sink: CountingSink, recipients: int
) -> None:
    async with httpx2.AsyncClient(base_url=busy.url, timeout=120) as client:
        shop = Shop(client)
        people = [Person() for _ in range(2 * PEOPLE)]
        for person in people:
            (await shop.register(person)).raise_for_status()
        await until(lambda: {one.email for one in people} <= sink.arrived.keys())
        quiet = await resets(shop, people[:PEOPLE], sink)

        await start_mailing(shop, await administrator(shop, busy), recipients)
        await until(lambda: sink.mailed > recipients // 100)
        beside = await resets(shop, people[PEOPLE:], sink)

        assert sink.mailed < recipients, "the mailing was over too soon to be felt"
    assert median(beside) - median(quiet) <= LONGEST_DELAY, (quiet, beside)


async def resets(shop: Shop, people: list[Person], sink: CountingSink) -> list[float]:
    """Return how long the emails of so many took who forgot their passwords at the same time."""
    return await asyncio.gather(*(reset(shop, person, sink) for person in people))


async def reset(shop: Shop, person: Person, sink: CountingSink) -> float:
    before = sink.arrived[person.email]
    begun = time.monotonic()
    body = {"login": person.email}
    response = await shop.client.post("/api/v1/auth/password/forgot", json=body)
    response.raise_for_status()
    await until(lambda: sink.arrived[person.email] > before)
    return time.monotonic() - begun


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not holds():
            await asyncio.sleep(0.02)


async def administrator(shop: Shop, system: BackgroundSystem) -> str:
    first = system.settings.admin_password_file.read_text().strip()
    token = await token_of(shop, first)
    body = {
        "current_password": first,
        "password": PASSWORD,
        "password_confirmation": PASSWORD,
    }
    (await shop.post("/api/v1/auth/password/change", token, body)).raise_for_status()
    return await token_of(shop, PASSWORD)


async def token_of(shop: Shop, password: str) -> str:
    response = (await shop.sign_in(ADMINISTRATOR, password)).raise_for_status()
    token: str = response.json()["access_token"]
    return token


async def start_mailing(shop: Shop, token: str, recipients: int) -> str:
    """Have an administrator, who needs no approval, write to so many; return the path of it."""
    lists = await created(shop, token, "/api/v1/recipient-lists", {"name": "Readers"})
    file = "email\n" + "".join(f"reader{n}@example.com\n" for n in range(recipients))
    imported = await shop.client.post(
        "/api/v1/recipients/import",
        params={"list_id": lists["id"]},
        content=file.encode(),
        headers={**bearer(token), "Content-Type": "text/csv"},
    )
    assert imported.raise_for_status().json()["created"] == recipients
    text = {"subject": "News", "body": "Good news.", "language": "en"}
    message = await created(shop, token, "/api/v1/messages", text)
    tomorrow = time.strftime("%FT%TZ", time.gmtime(time.time() + 24 * 3600))
    mailing = {
        "name": "News",
        "message_id": message["id"],
        "list_ids": [lists["id"]],
        "ends_at": tomorrow,
    }
    started = await created(shop, token, "/api/v1/mailings", mailing)
    return f"/api/v1/mailings/{started['id']}"


async def created(shop: Shop, token: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await shop.post(path, token, body)
    assert response.status_code == 201, response.text
    it: dict[str, Any] = response.json()
    return it
