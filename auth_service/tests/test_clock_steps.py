"""A clock that is set by a minute, forwards or back, signs nobody out and opens nothing."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from auth_service.tests.written_emails import last, verify
from testing.clock import MovableClock

STEP = timedelta(seconds=60)
GUESSES, INTERVAL = 10, 360

both_ways = pytest.mark.parametrize("step", [STEP, -STEP], ids=["forwards", "back"])


@pytest.fixture
async def pair(client: httpx2.AsyncClient) -> dict[str, Any]:
    await register(client)
    return await sign_in(client)


async def fail(client: httpx2.AsyncClient) -> httpx2.Response:
    body = {"login": REGISTRATION["email"], "password": "Wrong:Word1"}
    address = {"X-Forwarded-For": "198.51.100.7"}
    return await client.post("/api/v1/auth/login", json=body, headers=address)


@both_ways
async def test_access_tokens_stay_good(
    client: httpx2.AsyncClient, pair: dict[str, Any], clock: MovableClock, step: timedelta
) -> None:
    clock.advance(step)

    assert (await client.get("/api/v1/users/me", headers=bearer(pair))).status_code == 200


async def test_further_back_they_are_not_good_yet(
    client: httpx2.AsyncClient, pair: dict[str, Any], clock: MovableClock
) -> None:
    clock.advance(-2 * STEP)

    assert_unauthorized(await client.get("/api/v1/users/me", headers=bearer(pair)))


@both_ways
async def test_people_stay_signed_in_and_can_sign_in(
    client: httpx2.AsyncClient, pair: dict[str, Any], clock: MovableClock, step: timedelta
) -> None:
    clock.advance(step)
    second = (await refresh(client, pair["refresh_token"])).json()
    clock.advance(-step)
    third = await refresh(client, second["refresh_token"])

    assert third.status_code == 200
    for good in (second, third.json(), await sign_in(client)):
        assert (await client.get("/api/v1/users/me", headers=bearer(good))).status_code == 200


async def test_a_lost_response_is_given_again_after_a_step_back(
    client: httpx2.AsyncClient, pair: dict[str, Any], clock: MovableClock
) -> None:
    lost = (await refresh(client, pair["refresh_token"])).json()
    clock.advance(-STEP)

    again = (await refresh(client, pair["refresh_token"])).json()

    assert again["refresh_token"] == lost["refresh_token"]


async def test_reuse_is_found_out_after_a_step_back(
    client: httpx2.AsyncClient, pair: dict[str, Any], clock: MovableClock
) -> None:
    newest = pair["refresh_token"]
    for _ in range(3):
        newest = (await refresh(client, newest)).json()["refresh_token"]
    clock.advance(-STEP)

    assert_unauthorized(await refresh(client, pair["refresh_token"]))
    assert_unauthorized(await refresh(client, newest))


@both_ways
async def test_a_code_stays_good(
    app: FastAPI,
    client: httpx2.AsyncClient,
    pair: dict[str, Any],
    clock: MovableClock,
    step: timedelta,
) -> None:
    code = (await last(app, Kind.VERIFY)).code
    clock.advance(step)

    assert (await verify(client, pair, code)).status_code == 204


async def test_a_step_back_makes_nobody_wait_longer(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    for _ in range(GUESSES):
        assert (await fail(client)).status_code == 401
    clock.advance(-STEP)

    refused = await fail(client)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= INTERVAL


async def test_a_step_forwards_gives_no_fresh_start(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    for _ in range(GUESSES):
        await fail(client)
    clock.advance(6 * STEP)

    assert [(await fail(client)).status_code for _ in range(3)] == [401, 429, 429]
