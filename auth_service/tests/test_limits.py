"""Brute force: exact limits that hold for all workers, and no lockout as a weapon."""

import asyncio
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.errors import TooManyTries
from auth_service.limits import Bucket, Limit, admit, forget_old, forgive, give_back, is_full
from auth_service.models import AuditEvent, Throttle
from auth_service.tests.conftest import REGISTRATION, register, sign_in
from shared.testing.clock import MovableClock

pytestmark = pytest.mark.usefixtures("app")

LOGIN = "/api/v1/auth/login"
BUCKET = Bucket("test:bucket", Limit(free_tries=3, forgotten_after=timedelta(hours=1)))


async def guess(
    client: httpx2.AsyncClient, *, login: str = "anna@example.com", address: str = "198.51.100.1"
) -> httpx2.Response:
    """Try a wrong password from an address, as the gateway tells it."""
    credentials = {"login": login, "password": "Wrong:Word1"}
    return await client.post(LOGIN, json=credentials, headers={"X-Forwarded-For": address})


async def try_right(
    client: httpx2.AsyncClient, *, address: str, login: str = "anna@example.com"
) -> httpx2.Response:
    credentials = {"login": login, "password": REGISTRATION["password"]}
    return await client.post(LOGIN, json=credentials, headers={"X-Forwarded-For": address})


async def tries_until_refused() -> int:
    for count in range(100):
        try:
            await admit(BUCKET)
        except TooManyTries:
            return count
    return 100


async def test_the_wait_doubles_up_to_its_bound(clock: MovableClock) -> None:
    assert await tries_until_refused() == 3
    waits = []
    for _ in range(8):
        with pytest.raises(TooManyTries) as refused:
            await admit(BUCKET)
        waits.append(refused.value.retry_after)
        clock.advance(timedelta(seconds=refused.value.retry_after))
        await admit(BUCKET)

    assert waits[:6] == [30, 60, 120, 240, 480, 900]
    assert waits[-1] == 900


async def test_rest_makes_it_forget(clock: MovableClock) -> None:
    await tries_until_refused()
    clock.advance(timedelta(hours=1))

    assert await tries_until_refused() == 3


async def test_a_full_bucket_counts_nothing_in_the_others() -> None:
    await tries_until_refused()
    other = Bucket("test:other", BUCKET.limit)

    with pytest.raises(TooManyTries):
        await admit(other, BUCKET)

    assert (await Throttle.get(key=other.key)).tries == 0


async def test_of_two_hundred_tries_at_once_only_the_free_ones_pass() -> None:
    tried = await asyncio.gather(*(admit(BUCKET) for _ in range(200)), return_exceptions=True)

    assert sum(result is None for result in tried) == 3
    assert {type(result) for result in tried if result} == {TooManyTries}


async def test_what_was_right_is_given_back_or_forgotten() -> None:
    await admit(BUCKET)
    await give_back(BUCKET.key)
    assert await tries_until_refused() == 3
    assert await is_full(BUCKET)

    await forgive(BUCKET.key)
    assert await tries_until_refused() == 3


async def test_old_rows_are_removed(clock: MovableClock) -> None:
    await admit(BUCKET)
    assert await forget_old() == 0
    clock.advance(timedelta(hours=3))
    assert await forget_old() == 1


async def test_two_hundred_parallel_guesses_get_five_answers(client: httpx2.AsyncClient) -> None:
    await register(client)

    answers = await asyncio.gather(
        *(guess(client, address=f"198.51.100.{n % 200}") for n in range(200))
    )

    codes = [answer.status_code for answer in answers]
    assert codes.count(401) == 5
    assert codes.count(429) == 195
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["error"] == "too_many_tries"
    assert 0 < int(refused.headers["retry-after"]) <= 30


async def test_email_and_phone_are_one_account(client: httpx2.AsyncClient) -> None:
    await register(client)
    for login in ("anna@example.com", "8 (916) 123-45-67", "+79161234567", "ANNA@example.com"):
        await guess(client, login=login)
    await guess(client)

    assert (await guess(client, login="89161234567")).status_code == 429


async def test_a_login_that_names_nobody_is_limited_alike(client: httpx2.AsyncClient) -> None:
    codes = [(await guess(client, login="nobody@example.com")).status_code for _ in range(7)]

    assert codes == [401] * 5 + [429] * 2


async def test_a_stranger_who_guesses_does_not_lock_the_owner_out(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    assert (await try_right(client, address="203.0.113.7")).status_code == 200
    for _ in range(6):
        await guess(client)

    assert (await try_right(client, address="203.0.113.7")).status_code == 200
    assert (await try_right(client, address="203.0.113.8")).status_code == 429


async def test_guessing_from_the_owners_address_is_limited_too(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    await try_right(client, address="203.0.113.7")
    codes = [(await guess(client, address="203.0.113.7")).status_code for _ in range(15)]

    assert codes.count(401) == 10  # five as anybody, five as a known place
    assert codes[-1] == 429


async def test_the_right_password_after_the_wait_clears_the_account(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    for _ in range(5):
        await guess(client)
    assert (await try_right(client, address="203.0.113.9")).status_code == 429
    clock.advance(timedelta(seconds=30))

    assert (await try_right(client, address="203.0.113.9")).status_code == 200
    assert [(await guess(client)).status_code for _ in range(5)] == [401] * 5


async def test_an_address_that_tries_many_accounts_has_to_wait(client: httpx2.AsyncClient) -> None:
    codes = [(await guess(client, login=f"person{n}@example.com")).status_code for n in range(32)]

    assert codes == [401] * 30 + [429] * 2
    other = await guess(client, login="person0@example.com", address="198.51.100.2")
    assert other.status_code == 401


async def test_a_good_sign_in_does_not_clear_the_address(client: httpx2.AsyncClient) -> None:
    await register(client)
    for n in range(29):
        await guess(client, login=f"person{n}@example.com")
    assert (await try_right(client, address="198.51.100.1")).status_code == 200

    codes = [(await guess(client, login=f"other{n}@example.com")).status_code for n in range(3)]

    assert codes == [401, 429, 429]


async def test_an_ipv6_customer_is_one_address(client: httpx2.AsyncClient) -> None:
    for n in range(30):
        await guess(client, login=f"person{n}@example.com", address=f"2001:db8:1:2::{n:x}")

    same = await guess(client, login="x@example.com", address="2001:db8:1:2:ffff::1")
    other = await guess(client, login="x@example.com", address="2001:db8:1:3::1")
    assert (same.status_code, other.status_code) == (429, 401)


async def test_the_limit_survives_a_restart(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await register(client)
    for _ in range(5):
        await guess(client)

    stored = Throttle.filter(key__startswith="sign-in:account:", blocked_until__not_isnull=True)
    assert await stored.count() == 1
    assert (await guess(client)).status_code == 429


async def test_changing_the_password_is_limited_by_session(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    body = {
        "current_password": "Wrong:Word1",
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }

    codes = [
        (await client.post("/api/v1/auth/password/change", json=body, headers=headers)).status_code
        for _ in range(6)
    ]

    assert codes == [403] * 5 + [429]
    assert (await try_right(client, address="203.0.113.7")).status_code == 200


async def test_guesses_are_written_down_but_do_not_flood_the_log(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    for _ in range(20):
        await guess(client)

    assert await AuditEvent.filter(event="signed_in", succeeded=False).count() == 5
    assert 1 <= await AuditEvent.filter(event="sign_in_throttled").count() <= 5
