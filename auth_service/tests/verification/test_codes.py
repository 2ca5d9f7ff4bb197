"""Codes of several emails together, and many concurrent guesses."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import Confirmation, User
from auth_service.tests.conftest import REGISTRATION, bearer
from auth_service.tests.verification.conftest import is_verified, wrong
from auth_service.tests.written_emails import RESEND, assert_refused, confirm, last, verify, written
from testing.clock import MovableClock

MINUTE = timedelta(minutes=1)


async def ask_to_change(client: httpx2.AsyncClient, pair: dict[str, str], email: str) -> None:
    body = {"email": email, "current_password": REGISTRATION["password"]}
    asked = await client.post("/api/v1/users/me/email", json=body, headers=bearer(pair))
    assert asked.status_code == 202, asked.text


async def send_again(client: httpx2.AsyncClient, pair: dict[str, str]) -> None:
    assert (await client.post(RESEND, headers=bearer(pair))).status_code == 202


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_the_code_of_each_email_is_good_for_its_own_time(
    app: FastAPI,
    client: httpx2.AsyncClient,
    pair: dict[str, str],
    clock: MovableClock,
    which: int,
) -> None:
    for _ in range(2):
        clock.advance(2 * MINUTE)
        await send_again(client, pair)
    codes = [letter.code for letter in await written(app, Kind.VERIFY)]

    assert (await verify(client, pair, codes[which])).status_code == 204
    assert await is_verified()


async def test_two_confirmations_pending_are_both_good(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    first = (await last(app, Kind.VERIFY)).code
    await ask_to_change(client, pair, "new@example.com")
    second = (await last(app, Kind.CONFIRM_EMAIL)).code

    assert (await verify(client, pair, first)).status_code == 204
    assert (await verify(client, pair, second)).status_code == 204
    assert (await User.get()).email == "new@example.com"


async def test_a_code_that_is_too_old_costs_no_try(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    old = (await last(app, Kind.VERIFY)).code
    clock.advance(11 * MINUTE)
    await send_again(client, pair)
    new = (await last(app, Kind.VERIFY)).code

    for _ in range(8):
        assert_refused(await verify(client, pair, old), "invalid_or_expired_code")

    assert (await verify(client, pair, new)).status_code == 204


async def test_the_code_of_a_change_given_up_costs_no_try(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    await ask_to_change(client, pair, "one@example.com")
    old = (await last(app, Kind.CONFIRM_EMAIL)).code
    await ask_to_change(client, pair, "two@example.com")
    new = (await last(app, Kind.CONFIRM_EMAIL)).code

    for _ in range(8):
        assert_refused(await verify(client, pair, old), "invalid_or_expired_code")

    assert (await verify(client, pair, new)).status_code == 204
    assert (await User.get()).email == "two@example.com"


async def test_asking_twice_for_the_same_address_keeps_both_codes_good(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    await ask_to_change(client, pair, "new@example.com")
    first = (await last(app, Kind.CONFIRM_EMAIL)).code
    clock.advance(MINUTE)
    await ask_to_change(client, pair, "new@example.com")

    assert (await verify(client, pair, first)).status_code == 204
    assert (await User.get()).email == "new@example.com"


async def test_a_guess_is_a_try_at_all_codes_that_are_open(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str], clock: MovableClock
) -> None:
    clock.advance(MINUTE)
    await send_again(client, pair)
    codes = [letter.code for letter in await written(app, Kind.VERIFY)]
    guess = next(f"{n:06}" for n in range(10) if f"{n:06}" not in codes)
    for _ in range(5):
        assert_refused(await verify(client, pair, guess), "invalid_or_expired_code")

    assert {one.tries_left for one in await Confirmation.all()} == {0}
    clock.advance(MINUTE + timedelta(seconds=1))
    assert_refused(await verify(client, pair, codes[0]), "invalid_or_expired_code")


async def test_sixty_guesses_concurrently_are_refused_and_none_is_a_503(
    app: FastAPI, client: httpx2.AsyncClient, pair: dict[str, str]
) -> None:
    code = wrong((await last(app, Kind.VERIFY)).code)
    assert (await confirm(client, "wrong")).status_code == 400  # one count is there, one is not

    answers = await asyncio.gather(*(verify(client, pair, code) for _ in range(60)))

    assert Counter(answer.status_code for answer in answers) == {400: 5, 429: 55}
