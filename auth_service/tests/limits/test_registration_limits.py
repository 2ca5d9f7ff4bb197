"""One address makes few accounts and has few emails sent; a shop may ask for a proof besides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth_service.caller import Caller
from auth_service.main import create_app
from auth_service.models import OutboxEmail, User
from auth_service.tests.conftest import REGISTRATION, auth_settings, bearer, sign_in
from testing.clock import MovableClock
from testing.outage import Cable

PATH = "/api/v1/auth/register"
FORGOT = "/api/v1/auth/password/forgot"
PROOF = "auth_service.tests.limits.test_registration_limits:is_proof"

pytestmark = pytest.mark.usefixtures("app")


@asynccontextmanager
async def limited(cable: Cable, **settings: object) -> AsyncIterator[httpx2.AsyncClient]:
    """Run the service with other limits beside the one that is connected to the database."""
    app = create_app(auth_settings(cable.url, **settings))
    await app.state.key_ring.load()
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://auth") as client:
        yield client


async def sign_up(
    client: httpx2.AsyncClient, number: int, address: str = "203.0.113.7", **fields: str
) -> httpx2.Response:
    form = {**REGISTRATION, "email": f"p{number}@example.com", "phone": f"+7916{number:07}"}
    headers = {"X-Forwarded-For": address, **fields}
    return await client.post(PATH, json=form, headers=headers)


def assert_too_many(response: httpx2.Response, *, at_most: int) -> None:
    assert (response.status_code, response.json()["error"]) == (429, "too_many_tries")
    assert 0 < int(response.headers["retry-after"]) <= at_most


async def test_an_address_makes_so_many_accounts_and_then_one_at_a_time(
    cable: Cable, clock: MovableClock
) -> None:
    async with limited(cable, registrations_per_hour=4) as client:
        first = await asyncio.gather(*(sign_up(client, number) for number in range(12)))
        assert sorted(answer.status_code for answer in first) == [201] * 4 + [429] * 8
        assert await User.all().count() == await OutboxEmail.all().count() == 4
        assert_too_many(await sign_up(client, 20), at_most=900)
        assert (await sign_up(client, 20, "198.51.100.1")).status_code == 201
        clock.advance(timedelta(minutes=15))
        assert (await sign_up(client, 21)).status_code == 201
        assert_too_many(await sign_up(client, 22), at_most=900)


async def test_a_neighbourhood_of_ipv6_is_one_address(cable: Cable) -> None:
    async with limited(cable, registrations_per_hour=2) as client:
        answers = [await sign_up(client, n, f"2001:db8::{n:x}") for n in range(1, 4)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]


async def test_names_that_are_taken_count_as_well(cable: Cable) -> None:
    async with limited(cable, registrations_per_hour=3) as client:
        answers = [await sign_up(client, 1) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 409, 409, 429]


async def test_every_email_that_an_address_asks_for_counts_known_or_not(
    cable: Cable, clock: MovableClock
) -> None:
    async with limited(cable, emails_per_hour=4) as client:
        here = {"X-Forwarded-For": "203.0.113.7"}
        assert (await sign_up(client, 1)).status_code == 201
        clock.advance(timedelta(seconds=61))  # some 4 of an hour leak by 0.07
        pair = await sign_in(client, "p1@example.com")
        headers = {**bearer(pair), **here}
        resent = await client.post("/api/v1/auth/email/resend", headers=headers)
        assert resent.status_code == 202
        for login in ("p1@example.com", "nobody@example.com"):
            answer = await client.post(FORGOT, json={"login": login}, headers=here)
            assert answer.status_code == 202
        for login in ("p1@example.com", "nobody@example.com"):
            assert_too_many(
                await client.post(FORGOT, json={"login": login}, headers=here), at_most=900
            )
        change = {"email": "new@example.com", "current_password": REGISTRATION["password"]}
        assert_too_many(
            await client.post("/api/v1/users/me/email", json=change, headers=headers), at_most=900
        )
        assert_too_many(await sign_up(client, 2), at_most=900)
        elsewhere = {"X-Forwarded-For": "198.51.100.1"}
        answer = await client.post(FORGOT, json={"login": "x@example.com"}, headers=elsewhere)
        assert answer.status_code == 202


async def is_proof(proof: str | None, /, *, caller: Caller) -> bool:
    """The check of these tests."""
    return proof == f"worked for {caller.address}"


async def test_a_shop_may_ask_for_a_proof(cable: Cable) -> None:
    async with limited(cable, registration_check=PROOF) as client:
        for fields in ({}, {"Registration-Proof": "worked for 198.51.100.1"}):
            refused = await sign_up(client, 1, **fields)
            assert (refused.status_code, refused.json()["error"]) == (403, "proof_required")
        assert not await User.exists()
        proof = {"Registration-Proof": "worked for 203.0.113.7"}
        assert (await sign_up(client, 1, **proof)).status_code == 201


@pytest.mark.parametrize("name", ["nothing", "auth_service.nowhere:check", "auth_service.main:no"])
def test_a_check_that_is_not_there_stops_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="AUTH_REGISTRATION_CHECK"):
        create_app(auth_settings("postgres://auth@localhost/auth", registration_check=name))


def test_the_limits_are_on_unless_they_are_switched_off() -> None:
    fields: Any = type(auth_settings("postgres://auth@localhost/auth")).model_fields
    assert fields["registrations_per_hour"].default == 20
    assert fields["emails_per_hour"].default == 60
