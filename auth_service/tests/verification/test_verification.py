"""Verifying an email: by code, by link, once, in time, and by nobody else."""

import asyncio
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.accounts.confirmations import forget_old
from auth_service.audit.service import Event
from auth_service.mail.outbox import Kind
from auth_service.models import AuditEvent, Confirmation, User
from auth_service.tests.conftest import (
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from auth_service.tests.verification.conftest import is_verified, wrong
from auth_service.tests.written_emails import (
    RESEND,
    VERIFY,
    assert_refused,
    confirm,
    last,
    verify,
    written,
)
from shared.access.authentication import TokenVerifier
from testing.clock import MovableClock


async def test_the_code_verifies_and_the_next_access_token_says_so(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    letter = await last(app, Kind.VERIFY)

    response = await verify(client, pair, letter.code)
    renewed = (await refresh(client, pair["refresh_token"])).json()

    assert (response.status_code, response.content) == (204, b"")
    verifier: TokenVerifier = app.state.token_verifier
    assert not (await verifier.verify(pair["access_token"])).email_verified
    assert (await verifier.verify(renewed["access_token"])).email_verified
    assert (await User.get()).token_version == 1, "nobody is logged out by it"
    assert [letter.kind for letter in await written(app)] == ["verify", "welcome"]
    events = AuditEvent.filter(event=Event.EMAIL_VERIFIED.value, succeeded=True)
    assert await events.count() == 1


async def test_the_link_verifies_without_a_sign_in(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)

    response = await confirm(client, (await last(app, Kind.VERIFY)).token)

    assert (response.status_code, response.content) == (204, b"")
    assert await is_verified()


async def test_a_mail_scanner_that_follows_the_link_confirms_nothing(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    link = (await last(app, Kind.VERIFY)).link

    for method in ("GET", "HEAD", "OPTIONS"):
        await client.request(method, link)

    assert not await is_verified()


async def test_the_code_is_for_those_who_are_signed_in(client: httpx2.AsyncClient) -> None:
    assert_unauthorized(await client.post(VERIFY, json={"code": "123456"}))
    assert_unauthorized(await client.post(RESEND))


async def test_of_twenty_right_codes_concurrently_one_succeeds(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    code = (await last(app, Kind.VERIFY)).code

    responses = await asyncio.gather(*(verify(client, pair, code) for _ in range(20)))

    codes = [response.status_code for response in responses]
    assert codes.count(204) == 1
    assert set(codes) <= {204, 400, 429}
    assert [letter.kind for letter in await written(app)].count("welcome") == 1


async def test_of_twenty_right_links_concurrently_one_succeeds(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    token = (await last(app, Kind.VERIFY)).token

    responses = await asyncio.gather(*(confirm(client, token) for _ in range(20)))

    assert sorted(response.status_code for response in responses) == [204] + 19 * [400]


async def test_code_and_link_concurrently_are_one_confirmation(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    letter = await last(app, Kind.VERIFY)

    responses = await asyncio.gather(
        verify(client, pair, letter.code), confirm(client, letter.token)
    )

    assert sorted(response.status_code for response in responses) == [204, 400]


async def test_after_five_wrong_codes_the_right_one_is_refused(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    code = (await last(app, Kind.VERIFY)).code
    for _ in range(5):
        assert_refused(await verify(client, pair, wrong(code)), "invalid_or_expired_code")

    at_once = await verify(client, pair, code)
    clock.advance(timedelta(seconds=61))
    later = await verify(client, pair, code)

    assert (at_once.status_code, at_once.headers["retry-after"]) == (429, "60")
    assert_refused(later, "invalid_or_expired_code")
    assert not await is_verified()


async def test_of_two_hundred_guesses_concurrently_five_are_looked_at(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    code = (await last(app, Kind.VERIFY)).code

    guesses = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 51)]
    responses = await asyncio.gather(*(verify(client, pair, guess) for guess in guesses))

    codes = [response.status_code for response in responses]
    assert (codes.count(400), codes.count(429)) == (5, 45)
    assert (await Confirmation.get()).tries_left == 0


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(minutes=10, seconds=-2), 204), (timedelta(minutes=10), 400)]
)
async def test_a_code_is_good_for_ten_minutes(
    app: FastAPI,
    client: httpx2.AsyncClient,
    pair: dict[str, str],
    clock: MovableClock,
    age: timedelta,
    status: int,
) -> None:
    code = (await last(app, Kind.VERIFY)).code
    clock.advance(age)

    assert (await verify(client, pair, code)).status_code == status


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(hours=24, seconds=-2), 204), (timedelta(hours=24), 400)]
)
async def test_a_link_is_good_for_a_day(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock, age: timedelta, status: int
) -> None:
    await register(client)
    token = (await last(app, Kind.VERIFY)).token
    clock.advance(age)

    assert (await confirm(client, token)).status_code == status


async def test_a_code_is_good_for_nobody_else(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    hers = (await last(app, Kind.VERIFY)).code
    await register(client, email="boris@example.com", phone="+79160000000")
    his_pair = await sign_in(client, "boris@example.com")
    his = (await last(app, Kind.VERIFY)).code
    assert his != hers

    assert_refused(await verify(client, his_pair, hers), "invalid_or_expired_code")
    assert not await User.filter(is_email_verified=True).exists()


async def test_a_link_is_good_for_nothing_else(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    verifying = (await last(app, Kind.VERIFY)).token
    clock.advance(timedelta(seconds=61))
    await client.post("/api/v1/auth/password/forgot", json={"login": "anna@example.com"})
    resetting = (await last(app, Kind.RESET)).token

    assert_refused(await confirm(client, resetting), "invalid_or_expired_token")
    new = {"password": "Another:Word2", "password_confirmation": "Another:Word2"}
    reset = await client.post("/api/v1/auth/password/reset", json={"token": verifying, **new})
    assert_refused(reset, "invalid_or_expired_token")


async def test_neither_code_nor_token_is_in_the_table(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    letter = await last(app, Kind.VERIFY)

    row = str(vars(await Confirmation.get()))

    assert letter.token not in row
    confirmation = await Confirmation.get()
    assert len(confirmation.code_digest or "") == len(confirmation.token_digest or "") == 64


async def test_digests_of_an_earlier_secret_are_honoured(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    from auth_service.crypto.codes import CodeDigester

    old, new = CodeDigester(["o" * 32]), CodeDigester(["n" * 32, "o" * 32])
    stored = old.digest("042137", "verify_email", "someone")

    assert new.fits("042137", stored, "verify_email", "someone")
    assert not new.fits("042137", stored, "verify_email", "someone else")
    assert not CodeDigester(["n" * 32]).fits("042137", stored, "verify_email", "someone")
    assert stored in new.digests("042137", "verify_email", "someone")


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\n", "", None])
async def test_what_is_no_code_gets_that_error(
    client: httpx2.AsyncClient, pair: dict[str, str], code: str | None
) -> None:
    response = await client.post(VERIFY, json={"code": code}, headers=bearer(pair))

    assert response.status_code == 422
    assert (await Confirmation.get()).tries_left == 5


@pytest.mark.parametrize("token", ["x", "\x00", "' OR 1=1", "я" * 43, "a" * 100])
async def test_any_other_token_is_refused(client: httpx2.AsyncClient, token: str) -> None:
    assert_refused(await confirm(client, token), "invalid_or_expired_token")


async def test_who_is_blocked_verifies_nothing(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    letter = await last(app, Kind.VERIFY)
    await User.all().update(is_active=False)

    assert_refused(await confirm(client, letter.token), "invalid_or_expired_token")
    assert_refused(await verify(client, pair, letter.code), "invalid_or_expired_code")


async def test_what_has_expired_is_forgotten(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    clock.advance(timedelta(hours=25))

    assert await forget_old() == 1
