"""Accounts that nobody verifies go; nobody else does."""

import asyncio
import json
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from auth_service import cli
from auth_service.audit.service import Event
from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, Confirmation, OutboxEmail, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from auth_service.tests.written_emails import confirm, last
from auth_service.verification import purge
from auth_service.verification.purge import purge_unverified
from testing.clock import MovableClock
from testing.database import ServiceDatabase

LIFETIME = timedelta(days=2)


async def register_many(client: httpx2.AsyncClient, count: int) -> None:
    for number in range(count):
        await register(client, email=f"person{number}@example.com", phone=f"+79{number:09}")


@pytest.mark.parametrize(("age", "purged"), [(timedelta(minutes=-1), 0), (timedelta(minutes=1), 1)])
async def test_two_days_are_the_time(
    client: httpx2.AsyncClient, clock: MovableClock, age: timedelta, purged: int
) -> None:
    await register(client)
    clock.advance(LIFETIME + age)

    assert await purge_unverified(LIFETIME) == purged
    assert await purge_unverified(LIFETIME) == 0


async def test_the_identifiers_are_free_again_and_the_id_is_not(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    first = await register(client)
    clock.advance(LIFETIME)

    await purge_unverified(LIFETIME)
    second = await register(client)

    assert first["id"] != second["id"]
    assert await User.all().count() == 2


async def test_nothing_of_the_person_is_left(
    app: FastAPI, client: httpx2.AsyncClient, database: ServiceDatabase, clock: MovableClock
) -> None:
    await register(client)
    pair = await sign_in(client)
    clock.advance(LIFETIME)

    await purge_unverified(LIFETIME)

    user = await User.get()
    assert (user.full_name, user.email, user.phone, user.is_active) == ("", None, None, False)
    assert user.archived_at is not None
    assert not await Confirmation.exists()
    assert not await OutboxEmail.exists()
    assert_unauthorized(await refresh(client, pair["refresh_token"]))
    event = await AuditEvent.get(event=Event.ACCOUNT_PURGED.value)
    assert (event.subject_id, event.actor_id, event.details) == (user.id, None, {})
    everything = [str(vars(e)) for e in await AuditEvent.all()]
    for word in ("anna@example.com", "+79161234567", "Анна"):
        assert not any(word in row for row in everything)


async def test_whoever_is_verified_blocked_or_has_a_role_stays(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register_many(client, 4)
    emails = [f"person{number}@example.com" for number in range(4)]
    await User.filter(email=emails[0]).update(is_email_verified=True)
    await User.filter(email=emails[1]).update(is_active=False)
    await User.filter(email=emails[2]).update(roles=["user", "admin"])
    await User.filter(email=emails[3]).update(roles=["user", "manager"])
    clock.advance(timedelta(days=100))

    assert await purge_unverified(LIFETIME) == 0


async def test_verified_at_the_last_moment_is_verified(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    """The account is due, and its owner's UPDATE is under way when the purge comes by."""
    await register(client)
    clock.advance(LIFETIME)
    async with in_transaction():
        await User.all().update(is_email_verified=True)
        purging = asyncio.create_task(purge_elsewhere())
        assert await purging == 0

    assert (await User.get()).email == "anna@example.com"


async def test_verifying_and_purging_concurrently_is_one_of_both(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    outcomes = set()
    for number in range(20):
        email = f"person{number}@example.com"
        await register(client, email=email, phone=f"+79{number:09}")
        clock.advance(LIFETIME)
        user = await User.get(email=email)
        link = (await last(app, Kind.VERIFY)).token
        await Confirmation.filter(user_id=user.id).update(
            token_expires_at=user.created_at + 2 * LIFETIME
        )

        answer, purged = await asyncio.gather(confirm(client, link), purge_unverified(LIFETIME))

        after = await User.get(id=user.id)
        verified = (answer.status_code, purged, after.archived_at is None) == (204, 0, True)
        removed = (answer.status_code, purged, after.archived_at is None) == (400, 1, False)
        assert verified or removed, (answer.status_code, purged, vars(after))
        outcomes.add(verified)
    assert outcomes <= {True, False}


async def test_several_purge_each_account_once(
    client: httpx2.AsyncClient, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register_many(client, 12)
    monkeypatch.setattr(purge, "BATCH", 3)
    clock.advance(LIFETIME)

    purged = await asyncio.gather(*(purge_unverified(LIFETIME) for _ in range(4)))

    assert sum(purged) == 12
    assert await AuditEvent.filter(event=Event.ACCOUNT_PURGED.value).count() == 12


async def test_the_command_reports_first_and_does_it_then(
    client: httpx2.AsyncClient,
    database: ServiceDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = await register(client)
    await User.all().update(created_at=(await User.get()).created_at - LIFETIME)
    monkeypatch.setenv("AUTH_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("AUTH_SECRETS", '["a secret of the tests, long enough"]')
    monkeypatch.setenv("INTERNAL_SECRETS", '["another secret of the tests, long enough"]')

    assert await asyncio.to_thread(cli.main, ["purge-unverified", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert await User.filter(archived_at=None).count() == 1
    assert await asyncio.to_thread(cli.main, ["purge-unverified", "--dry-run", "--json"]) == 0
    [listed] = json.loads(capsys.readouterr().out)
    assert listed["id"] == account["id"]
    assert await asyncio.to_thread(cli.main, ["purge-unverified"]) == 0
    done = capsys.readouterr().out

    assert "1 accounts would be removed" in told
    assert account["id"] in told
    assert "1 accounts removed" in done
    assert REGISTRATION["email"] not in told + done
    assert await User.filter(archived_at=None).count() == 0


async def test_an_access_token_of_a_purged_account_opens_nothing(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    clock.advance(LIFETIME)
    pair = await sign_in(client)
    await purge_unverified(LIFETIME)

    assert_unauthorized(await client.get("/api/v1/users/me", headers=bearer(pair)))
    assert (await User.get()).token_version == 2


async def purge_elsewhere() -> int:
    """Purge on another connection than the transaction around the caller."""
    from contextvars import Context

    return await asyncio.get_running_loop().create_task(
        purge_unverified(LIFETIME), context=Context()
    )
