"""A forgotten password: the response gives nothing away, and one link sets one password."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.audit.service import Event
from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, Confirmation, Session, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    sign_in,
)
from auth_service.tests.recovery.conftest import LATER, forget
from auth_service.tests.written_emails import assert_refused, confirm, last, written
from testing.clock import MovableClock
from testing.outage import Cable

RESET = "/api/v1/auth/password/reset"
NEW = {"password": "Another:Word2", "password_confirmation": "Another:Word2"}
INVALID = "invalid_or_expired_token"


async def reset(client: httpx2.AsyncClient, token: str, **changes: str) -> httpx2.Response:
    return await client.post(RESET, json={"token": token, **NEW, **changes})


async def link_token(app: FastAPI, client: httpx2.AsyncClient) -> str:
    assert (await forget(client)).status_code == 202
    return (await last(app, Kind.RESET)).token


async def test_the_link_sets_the_password_and_ends_all_sessions(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    pairs = [await sign_in(client) for _ in range(3)]

    response = await reset(client, await link_token(app, client))

    assert (response.status_code, response.content) == (204, b"")
    for pair in pairs:
        assert_unauthorized(await refresh(client, pair["refresh_token"]))
    old = {"login": "anna@example.com", "password": REGISTRATION["password"]}
    new = {"login": "anna@example.com", "password": NEW["password"]}
    assert_unauthorized(await client.post("/api/v1/auth/login", json=old))
    assert (await client.post("/api/v1/auth/login", json=new)).status_code == 200
    user = await User.get()
    assert (user.token_version, user.is_email_verified) == (2, True)
    assert user.tokens_revoked_at is not None
    assert {session.ended_because for session in await Session.exclude(ended_at=None)} == {
        "password_reset"
    }
    told = await last(app, Kind.PASSWORD_CHANGED)
    assert told.recipient == "anna@example.com"
    assert await AuditEvent.filter(event=Event.PASSWORD_RESET.value, succeeded=True).count() == 1


async def test_of_twenty_uses_of_one_link_concurrently_one_wins(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    token = await link_token(app, client)
    passwords = [f"Another:Word{number}" for number in range(20)]

    responses = await asyncio.gather(
        *(reset(client, token, password=p, password_confirmation=p) for p in passwords)
    )

    assert sorted(response.status_code for response in responses) == [204] + 19 * [400]
    (winner,) = [p for p, r in zip(passwords, responses, strict=True) if r.status_code == 204]
    login = {"login": "anna@example.com", "password": winner}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200
    assert (await User.get()).token_version == 2


async def test_one_used_link_makes_the_others_void(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], clock: MovableClock
) -> None:
    first = await link_token(app, client)
    clock.advance(LATER)
    second = await link_token(app, client)

    assert (await reset(client, first)).status_code == 204
    assert_refused(await reset(client, second), INVALID)
    assert_refused(await reset(client, first), INVALID)


async def test_two_links_concurrently_set_one_password(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], clock: MovableClock
) -> None:
    first = await link_token(app, client)
    clock.advance(LATER)
    second = await link_token(app, client)

    responses = await asyncio.gather(reset(client, first), reset(client, second))

    assert sorted(response.status_code for response in responses) == [204, 400]


async def test_a_changed_password_makes_the_link_void(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    token, pair = await link_token(app, client), await sign_in(client)
    change = {"current_password": REGISTRATION["password"], **NEW}
    path = "/api/v1/auth/password/change"
    assert (await client.post(path, json=change, headers=bearer(pair))).status_code == 204

    assert_refused(await reset(client, token), INVALID)


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(hours=1, seconds=-3), 204), (timedelta(hours=1), 400)]
)
async def test_a_link_is_good_for_an_hour(
    app: FastAPI,
    client: httpx2.AsyncClient,
    account: dict[str, Any],
    clock: MovableClock,
    age: timedelta,
    status: int,
) -> None:
    token = await link_token(app, client)
    clock.advance(age)

    assert (await reset(client, token)).status_code == status


async def test_a_weak_password_does_not_use_the_link_up(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    token = await link_token(app, client)

    weak = await reset(client, token, password="weak", password_confirmation="weak")
    huge = await reset(client, token, password="A:" + "x" * 50_000)

    assert (weak.status_code, huge.status_code) == (422, 422)
    assert (await reset(client, token)).status_code == 204


@pytest.mark.parametrize("token", ["x", "\x00", "я" * 43, "a" * 43])
async def test_any_other_token_is_refused_before_a_password_is_hashed(
    app: FastAPI, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    async def refuse(_password: str) -> str:
        raise AssertionError

    monkeypatch.setattr(app.state.hasher, "hash", refuse)

    assert_refused(await reset(client, token), INVALID)


async def test_a_reset_link_verifies_no_email_change(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    assert_refused(await confirm(client, await link_token(app, client)), INVALID)


async def test_who_is_blocked_gets_no_email_and_no_new_password(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any], clock: MovableClock
) -> None:
    token = await link_token(app, client)
    await User.all().update(is_active=False)
    clock.advance(LATER)

    assert (await forget(client)).status_code == 202
    assert len(await written(app, Kind.RESET)) == 1
    assert_refused(await reset(client, token), INVALID)


async def test_a_new_password_signs_in_although_strangers_guessed_at_the_old(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    wrong = {"login": "anna@example.com", "password": "Wrong:Word3"}
    codes = [(await client.post("/api/v1/auth/login", json=wrong)).status_code for _ in range(11)]
    assert codes[-1] == 429

    assert (await reset(client, await link_token(app, client))).status_code == 204

    right = {"login": "anna@example.com", "password": NEW["password"]}
    assert (await client.post("/api/v1/auth/login", json=right)).status_code == 200


async def test_the_token_is_not_in_the_table(
    app: FastAPI, client: httpx2.AsyncClient, account: dict[str, Any]
) -> None:
    token = await link_token(app, client)

    rows = [str(vars(row)) for row in await Confirmation.all()]

    assert not any(token in row for row in rows)


async def test_without_its_database_it_says_503(client: httpx2.AsyncClient, cable: Cable) -> None:
    cable.cut()
    try:
        forgotten, used = await forget(client), await reset(client, "x")
    finally:
        await cable.connect()

    assert (forgotten.status_code, used.status_code) == (503, 503)
