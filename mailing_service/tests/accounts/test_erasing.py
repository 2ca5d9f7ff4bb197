"""Who is blocked stops within two seconds; who is erased leaves no address in any table."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from mailing_service.accounts.service import LAST_TOKEN
from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
from mailing_service.deliveries import erasing
from mailing_service.following import account_feed, clear_erased, following
from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import Attempt, AttemptOutcome, Delivery, RunCount
from mailing_service.models.idempotency import IdempotencyKey
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import Suppression, SuppressionReason, UnsubscribeToken
from mailing_service.settings import MailingSettings
from mailing_service.tests.accounts.scripted_auth import ScriptedAuth
from mailing_service.tests.writing import add_list, add_message
from shared import clock as system_clock
from testing.clock import MovableClock
from testing.database import ServiceDatabase
from testing.mailing.runs import HASHER, running_run

pytestmark = pytest.mark.usefixtures("tables")

TRACES = ("vronsky", "oblonsky", "karenin", "203.0.113.7")
"""Words of addresses, names and texts of which none may be left."""


@pytest.fixture
async def followed(auth: ScriptedAuth) -> AsyncIterator[None]:
    """A process of the service that follows this auth, which has two people."""
    auth.has()
    auth.has(email="boris@example.com")
    secrets = [SecretStr("s" * 40)]
    async with auth.serving() as url:
        settings = MailingSettings(
            database_url=SecretStr("postgres://nobody@localhost/none"),
            secrets=secrets,
            internal_secrets=secrets,
            accounts_url=url,
        )
        async with following(account_feed(settings), settings.accounts_interval):
            while await Account.all().count() < 2:
                await asyncio.sleep(0.02)
            yield


async def until_stopped(owner_id: UUID) -> float:
    """Wait until nothing of this owner goes on; return the seconds."""
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(20):
        while await Run.filter(owner_id=owner_id, is_sending=True).exists():
            await asyncio.sleep(0.02)
    return asyncio.get_running_loop().time() - began


@pytest.mark.timing
@pytest.mark.parametrize("end", ["block", "erase"])
async def test_what_runs_stops_within_two_seconds(
    auth: ScriptedAuth, followed: None, end: str
) -> None:
    anna, boris = auth.accounts
    for owner in (anna, boris):
        await running_run(["vronsky@example.com"], owner_id=owner)

    if end == "erase":
        auth.erase(anna)
    else:
        auth.has(anna, is_active=False)

    assert await until_stopped(anna) < 2
    assert await Run.filter(owner_id=boris, is_sending=True).exists()


async def write_everything(owner_id: UUID) -> Run:
    """Leave traces of a person, and of people whom they write to, wherever there may be some."""
    address = "vronsky@example.com"
    run = await running_run([address, "oblonsky@example.com"], owner_id=owner_id)
    recipient = await Recipient.get(owner_id=owner_id, email=address)
    await Recipient.filter(owner_id=owner_id).update(full_name="Alexei Vronsky", comment="karenin")
    await add_list(owner_id, [recipient.id], name="Friends of vronsky")
    message = await add_message(owner_id, body="Dear Karenina")
    await Run.filter(id=run.id).update(message={"body": "Dear karenin", "reply_to": address})
    draft: dict[str, Any] = {
        "owner_id": owner_id,
        "name": "To vronsky",
        "submitted": {"body": "karenin"},
    }
    window: dict[str, Any] = {"starts_at": run.starts_at, "ends_at": run.ends_at}
    wall: dict[str, Any] = {
        "wall_starts_at": "2026-11-29T10:00",
        "wall_ends_at": "2026-11-29T11:00",
    }
    await Mailing.create(**draft, **window, **wall, message=message)
    await Mailing.filter(id=run.mailing_id).update(name="To vronsky", reason="about karenin")
    for delivery in await Delivery.filter(run_id=run.id):
        await Delivery.filter(id=delivery.id).update(response=f"no such user {address}")
        await Attempt.create(
            delivery_id=delivery.id,
            at=system_clock.now(),
            outcome=AttemptOutcome.PERMANENT,
            code=550,
            response=f"<{address}>: no such user",
            duration_ms=3,
            server="mail.example.com",
        )
    hash_ = HASHER.hash_of(address)
    suppressed: dict[str, Any] = {"owner_id": owner_id, "email_hash": hash_}
    reason = SuppressionReason.UNSUBSCRIBED
    await Suppression.create(**suppressed, email=address, reason=reason)
    await UnsubscribeToken.create(**suppressed, token=uuid4(), masked_email="vronsky…@example.com")
    await IdempotencyKey.create(
        owner_id=owner_id, key="1", request_hash=b"x" * 32, response='{"name": "To vronsky"}'
    )
    caller = Caller(address="203.0.113.7", user_agent="Browser of Karenin", request_id="1")
    await record(MailingEvent.SUBMITTED, caller=caller, actor_id=owner_id, owner_id=owner_id)
    return run


async def traces(url: str) -> set[str]:
    """Return table, column and trace of each row in which one is left."""
    connection = await asyncpg.connect(url)
    try:
        columns = await connection.fetch(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'aerich'"
        )
        found = set()
        for table, column in columns:
            for trace in TRACES:
                query = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE $1'
                if await connection.fetchval(query, f"%{trace}%"):
                    found.add(f"{table}.{column}: {trace}")
        return found
    finally:
        await connection.close()


async def counts(run: Run) -> dict[str, int]:
    rows = await RunCount.filter(run_id=run.id).values("state", "count")
    return {row["state"]: row["count"] for row in rows}


async def test_an_erased_person_leaves_no_address_in_any_table(
    auth: ScriptedAuth, database: ServiceDatabase
) -> None:
    anna = auth.has(email="karenin@example.com", full_name="Anna Karenina")
    feed = account_feed(_settings())
    await feed.follow(auth)
    run = await write_everything(anna)
    assert len(await traces(database.owner_url)) > 15
    counted = await counts(run)

    auth.erase(anna)
    await feed.follow(auth)
    assert await clear_erased() == 1

    assert await traces(database.owner_url) == set()
    assert await Delivery.filter(run_id=run.id).count() == 2
    assert await Suppression.filter(owner_id=anna, email=None).count() == 1
    assert await UnsubscribeToken.filter(owner_id=anna).count() == 1
    assert (await Mailing.get(id=run.mailing_id)).status is MailingStatus.FINISHED_EARLY
    assert await counts(run) == counted


async def test_what_a_last_token_wrote_afterwards_goes_too(
    auth: ScriptedAuth, database: ServiceDatabase, clock: MovableClock
) -> None:
    anna, feed = auth.has(), account_feed(_settings())
    await feed.follow(auth)
    auth.erase(anna)
    await feed.follow(auth)
    assert (await clear_erased(), await clear_erased()) == (1, 0)
    await add_message(anna, body="Dear Karenina")

    clock.advance(LAST_TOKEN + timedelta(seconds=1))
    assert (await clear_erased(), await clear_erased()) == (1, 0)

    assert await traces(database.owner_url) == set()


async def test_others_keep_what_is_theirs(auth: ScriptedAuth, database: ServiceDatabase) -> None:
    anna, boris, feed = auth.has(), auth.has(), account_feed(_settings())
    await feed.follow(auth)
    for owner in (anna, boris):
        await write_everything(owner)
    before = await Recipient.filter(owner_id=boris).count()

    auth.erase(anna)
    await feed.follow(auth)
    await clear_erased()

    assert await Recipient.filter(owner_id=boris).count() == before
    assert await Recipient.filter(owner_id=anna).count() == 0
    assert await Run.filter(owner_id=boris, is_sending=True).exists()


async def test_nobody_waits_for_what_a_large_erasure_has_done(
    auth: ScriptedAuth, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, feed = auth.has(), account_feed(_settings())
    await feed.follow(auth)
    run = await running_run([f"vronsky{n}@example.com" for n in range(6)], owner_id=anna)
    auth.erase(anna)
    await feed.follow(auth)
    is_begun, may_go_on = asyncio.Event(), asyncio.Event()
    batch = erasing.erase_batch

    async def pause_after_the_first(mailing_id: int, last: int, **how: bool) -> int | None:
        last_id = await batch(mailing_id, last, **how)
        is_begun.set()
        await may_go_on.wait()
        return last_id

    monkeypatch.setattr(erasing, "BATCH", 2)
    monkeypatch.setattr(erasing, "erase_batch", pause_after_the_first)
    clearing = asyncio.create_task(clear_erased())
    await is_begun.wait()

    connection = await asyncpg.connect(database.owner_url)
    try:
        for table in ("deliveries", "runs", "mailings", "accounts"):
            await connection.execute(f"SELECT FROM {table} FOR UPDATE NOWAIT")
    finally:
        await connection.close()
    assert await Delivery.filter(run_id=run.id, email=None).count() == 2
    may_go_on.set()
    assert await clearing == 1
    assert await traces(database.owner_url) == set()


async def test_two_processes_clear_a_person_once(
    auth: ScriptedAuth, database: ServiceDatabase
) -> None:
    anna, feed = auth.has(), account_feed(_settings())
    await feed.follow(auth)
    await write_everything(anna)
    auth.erase(anna)
    await feed.follow(auth)

    assert sorted(await asyncio.gather(clear_erased(), clear_erased())) == [0, 1]


def _settings() -> MailingSettings:
    secrets, url = [SecretStr("s" * 40)], SecretStr("postgres://nobody@localhost/none")
    return MailingSettings(database_url=url, secrets=secrets, internal_secrets=secrets)
