"""Brute force at the sign-in: what it can try, and that nobody is kept out by it."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import AuditEvent, RateLimit
from auth_service.tests.conftest import REGISTRATION, bearer, register, sign_in
from testing.clock import MovableClock

pytestmark = pytest.mark.usefixtures("app")

LOGIN = "/api/v1/auth/login"
EMAIL, PHONE = REGISTRATION["email"], REGISTRATION["phone"]
STRANGER, ELSEWHERE = "198.51.100.1", "203.0.113.7"


async def guess(
    client: httpx2.AsyncClient,
    *,
    login: str = EMAIL,
    address: str = STRANGER,
    device_token: str | None = None,
) -> httpx2.Response:
    """Try a wrong password from an address, as the gateway forwards it."""
    credentials = {"login": login, "password": "Wrong:Word1", "device_token": device_token}
    return await client.post(LOGIN, json=credentials, headers={"X-Forwarded-For": address})


async def try_right(
    client: httpx2.AsyncClient,
    *,
    address: str = ELSEWHERE,
    login: str = EMAIL,
    device_token: str | None = None,
) -> httpx2.Response:
    credentials = {
        "login": login,
        "password": REGISTRATION["password"],
        "device_token": device_token,
    }
    return await client.post(LOGIN, json=credentials, headers={"X-Forwarded-For": address})


def addresses(count: int) -> list[str]:
    """Return addresses of strangers."""
    return [f"198.18.{number // 250}.{number % 250 + 1}" for number in range(count)]


async def fill(client: httpx2.AsyncClient, *logins: str) -> None:
    """Guess at each name, from ever other addresses, until nothing is left to try."""
    for login in logins:
        for address in addresses(100):
            if (await guess(client, login=login, address=address)).status_code == 429:
                break


class TestCeiling:
    async def test_two_hundred_parallel_guesses_get_ten_responses(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)

        answers = await asyncio.gather(
            *(guess(client, address=address) for address in addresses(200))
        )

        assert Counter(answer.status_code for answer in answers) == {401: 10, 429: 190}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["error"] == "too_many_tries"
        wait = int(refused.headers["retry-after"])
        assert 0 < wait <= 360
        assert refused.headers["ratelimit"] == f'"tries";r=0;t={wait}'

    @pytest.mark.parametrize("registered", [True, False])
    async def test_a_day_of_guesses_at_an_account_gets_five_hundred_responses(
        self, client: httpx2.AsyncClient, clock: MovableClock, *, registered: bool
    ) -> None:
        if registered:
            await register(client)
        answered, places = Counter[str](), iter(addresses(5000))
        for _ in range(24 * 5):
            for login in (EMAIL, PHONE):
                while (await guess(client, login=login, address=next(places))).status_code == 401:
                    answered[login] += 1
            clock.advance(timedelta(minutes=12))

        assert answered[EMAIL] == answered[PHONE]
        assert 480 <= answered.total() <= 500

    async def test_guesses_at_an_email_do_not_show_on_its_phone(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        await fill(client, EMAIL)

        assert (await guess(client, login=EMAIL)).status_code == 429
        for phone in (PHONE, "+79990000000"):
            assert (await guess(client, login=phone)).status_code == 401

    @pytest.mark.parametrize("spelling", ["ANNA@example.com", " anna @Example.com\u202c"])
    async def test_any_spelling_is_the_same_name(
        self, client: httpx2.AsyncClient, spelling: str
    ) -> None:
        await fill(client, EMAIL)

        assert (await guess(client, login=spelling)).status_code == 429

    async def test_a_login_that_names_nobody_is_limited_alike(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        for login in (EMAIL, "nobody@example.com", "not a name at all"):
            places = iter(addresses(20))
            codes = [
                (await guess(client, login=login, address=next(places))).status_code
                for _ in range(12)
            ]
            assert codes == [401] * 10 + [429] * 2

    async def test_retry_after_is_the_truth(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        await register(client)
        await fill(client, EMAIL)
        wait = int((await try_right(client)).headers["retry-after"])

        clock.advance(timedelta(seconds=wait - 2))
        assert (await try_right(client)).status_code == 429
        clock.advance(timedelta(seconds=2))
        assert (await try_right(client)).status_code == 200

    async def test_a_sign_in_makes_nothing_leak_faster(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        await register(client)
        await fill(client, EMAIL)
        clock.advance(timedelta(minutes=6, seconds=1))

        assert (await try_right(client)).status_code == 200
        assert [(await guess(client)).status_code for _ in range(2)] == [401, 429]

    async def test_right_sign_ins_concurrently_are_all_right(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)

        answers = await asyncio.gather(*(try_right(client) for _ in range(12)))

        assert {answer.status_code for answer in answers} == {200}

    async def test_a_full_hash_queue_uses_up_nothing(
        self, client: httpx2.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await register(client)
        monkeypatch.setattr(app.state.hasher, "_room", 0)
        for _ in range(15):
            assert (await guess(client)).status_code == 503
        monkeypatch.undo()

        assert (await guess(client)).status_code == 401

    async def test_guesses_are_written_down_but_do_not_flood_the_log(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        for _ in range(20):
            await guess(client)
        for address in addresses(40):
            await guess(client, address=address)

        assert await AuditEvent.filter(event="signed_in", succeeded=False).count() == 10
        assert await AuditEvent.filter(event="sign_in_throttled").count() == 1

    async def test_a_refusal_writes_the_same_whether_or_not_there_is_such_a_name(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        written = []
        for login in (EMAIL, "nobody@example.com"):
            await fill(client, login)
            before = await AuditEvent.all().count(), await RateLimit.all().count()
            for address in addresses(10):
                assert (await guess(client, login=login, address=address)).status_code == 429
            after = await AuditEvent.all().count(), await RateLimit.all().count()
            written.append([now - then for now, then in zip(after, before, strict=True)])

        assert written == [[0, 0], [0, 0]]

    async def test_an_address_that_is_full_is_written_down_once_whatever_it_tries(
        self, client: httpx2.AsyncClient
    ) -> None:
        for number in range(60):
            await guess(client, login=f"person{number}@example.com")

        assert await AuditEvent.filter(event="sign_in_throttled").count() == 1

    async def test_the_limit_survives_a_restart(self, client: httpx2.AsyncClient) -> None:
        await fill(client, EMAIL)

        assert await RateLimit.filter(key__startswith="sign-in:name:").count() == 1
        stored = " ".join([row.key for row in await RateLimit.all()])
        assert "anna" not in stored


class TestAddress:
    async def test_one_that_tries_many_accounts_has_to_wait(
        self, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        codes = [
            (await guess(client, login=f"person{n}@example.com")).status_code for n in range(32)
        ]
        assert codes == [401] * 30 + [429] * 2
        other = await guess(client, login="person0@example.com", address="198.51.100.2")
        assert other.status_code == 401

        clock.advance(timedelta(seconds=30))
        codes = [(await guess(client, login=f"one{n}@example.com")).status_code for n in range(2)]
        assert codes == [401, 429]

    async def test_a_good_sign_in_takes_nothing_and_clears_nothing(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        for n in range(29):
            await guess(client, login=f"person{n}@example.com")
        for _ in range(5):
            assert (await try_right(client, address=STRANGER)).status_code == 200

        codes = [(await guess(client, login=f"other{n}@example.com")).status_code for n in range(3)]

        assert codes == [401, 429, 429]

    async def test_an_ipv6_customer_is_one_address(self, client: httpx2.AsyncClient) -> None:
        for n in range(30):
            await guess(client, login=f"person{n}@example.com", address=f"2001:db8:1:2::{n:x}")

        same = await guess(client, login="x@example.com", address="2001:db8:1:2:ffff::1")
        other = await guess(client, login="x@example.com", address="2001:db8:1:3::1")
        assert (same.status_code, other.status_code) == (429, 401)

    async def test_who_is_signed_in_behind_one_that_is_full_notices_nothing(
        self, client: httpx2.AsyncClient
    ) -> None:
        await register(client)
        client.headers["X-Forwarded-For"] = STRANGER
        pair = await sign_in(client)
        for n in range(31):
            await guess(client, login=f"person{n}@example.com")
        change = {
            "current_password": REGISTRATION["password"],
            "password": "Another:Word2",
            "password_confirmation": "Another:Word2",
        }

        forgot = await client.post("/api/v1/auth/password/forgot", json={"login": EMAIL})
        changed = await client.post(
            "/api/v1/auth/password/change", json=change, headers=bearer(pair)
        )

        assert (forgot.status_code, changed.status_code) == (202, 204)

    async def test_forty_people_of_an_office_forget_their_passwords(
        self, client: httpx2.AsyncClient
    ) -> None:
        for n in range(40):
            forgot = await client.post(
                "/api/v1/auth/password/forgot", json={"login": f"person{n}@example.com"}
            )
            assert forgot.status_code == 202
        assert (await guess(client, address="127.0.0.1")).status_code == 401

    async def test_an_address_is_no_device(self, client: httpx2.AsyncClient) -> None:
        await register(client)
        assert (await try_right(client, address=ELSEWHERE)).status_code == 200
        await fill(client, EMAIL)

        assert (await try_right(client, address=ELSEWHERE)).status_code == 429


async def test_changing_the_password_is_limited_by_session(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    body = {
        "current_password": "Wrong:Word1",
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }

    codes = [
        (
            await client.post("/api/v1/auth/password/change", json=body, headers=bearer(pair))
        ).status_code
        for _ in range(6)
    ]

    assert codes == [403] * 5 + [429]
    assert (await try_right(client)).status_code == 200
