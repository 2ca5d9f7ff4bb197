"""Refresh tokens: one use each, a grace period for lost answers, and reuse ends the session."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth_service.models import RefreshToken, Session, User
from auth_service.sessions.janitor import forget_successors
from auth_service.tests.conftest import (
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from testing.clock import MovableClock

GRACE = timedelta(seconds=30)
JUST = timedelta(seconds=1)


async def rotated(client: httpx2.AsyncClient, refresh_token: str) -> str:
    response = await refresh(client, refresh_token)
    assert response.status_code == 200, response.text
    token: str = response.json()["refresh_token"]
    return token


@pytest.fixture
async def token(client: httpx2.AsyncClient) -> str:
    await register(client)
    pair: dict[str, Any] = await sign_in(client)
    refresh_token: str = pair["refresh_token"]
    return refresh_token


async def why_ended() -> str | None:
    return (await Session.get()).ended_because


async def test_each_use_gives_another_token(client: httpx2.AsyncClient, token: str) -> None:
    second = await rotated(client, token)
    third = await rotated(client, second)

    assert len({token, second, third}) == 3
    assert await RefreshToken.all().count() == 3


async def test_the_new_access_token_is_of_the_same_session(
    client: httpx2.AsyncClient, token: str
) -> None:
    pair = (await refresh(client, token)).json()

    assert (await client.get("/api/v1/users/me", headers=bearer(pair))).status_code == 200
    assert await Session.all().count() == 1


async def test_a_lost_response_may_be_asked_for_again(
    client: httpx2.AsyncClient, token: str
) -> None:
    lost = await rotated(client, token)

    again = await rotated(client, token)

    assert again == lost
    assert await rotated(client, again) not in {token, lost}


async def test_a_hundred_repeats_add_no_row(client: httpx2.AsyncClient, token: str) -> None:
    successor = await rotated(client, token)

    repeats = {await rotated(client, token) for _ in range(100)}

    assert repeats == {successor}
    assert await RefreshToken.all().count() == 2


@pytest.mark.parametrize("round_number", range(5))
async def test_of_fifty_uses_concurrently_one_successor_comes(
    client: httpx2.AsyncClient, token: str, round_number: int
) -> None:
    responses = await asyncio.gather(*(refresh(client, token) for _ in range(50)))

    assert {response.status_code for response in responses} == {200}
    assert len({response.json()["refresh_token"] for response in responses}) == 1
    assert await RefreshToken.all().count() == 2
    assert await why_ended() is None


async def test_after_the_grace_period_reuse_ends_the_session(
    client: httpx2.AsyncClient, token: str, clock: MovableClock
) -> None:
    successor = await rotated(client, token)
    clock.advance(GRACE + JUST)

    assert_unauthorized(await refresh(client, token))

    assert await why_ended() == "refresh_token_reused"
    assert_unauthorized(await refresh(client, successor))


async def test_just_within_the_grace_period_it_does_not(
    client: httpx2.AsyncClient, token: str, clock: MovableClock
) -> None:
    successor = await rotated(client, token)
    clock.advance(GRACE - JUST)

    assert await rotated(client, token) == successor


async def test_once_the_successor_is_used_the_predecessor_is_only_refused(
    client: httpx2.AsyncClient, token: str
) -> None:
    current = await rotated(client, await rotated(client, token))

    assert_unauthorized(await refresh(client, token))

    assert await why_ended() is None
    assert await rotated(client, current)


async def test_an_older_generation_ends_the_session(client: httpx2.AsyncClient, token: str) -> None:
    current = await rotated(client, await rotated(client, await rotated(client, token)))

    assert_unauthorized(await refresh(client, token))

    assert await why_ended() == "refresh_token_reused"
    assert_unauthorized(await refresh(client, current))


async def test_an_ended_session_gives_no_successor_again(
    client: httpx2.AsyncClient, token: str
) -> None:
    pair = (await refresh(client, token)).json()
    await client.post("/api/v1/auth/logout", headers=bearer(pair))

    assert_unauthorized(await refresh(client, token))
    assert (await Session.get()).sealed_successor is None


async def test_a_blocked_person_gets_neither_rotation_nor_repeat(
    client: httpx2.AsyncClient, token: str
) -> None:
    successor = await rotated(client, token)
    await User.all().update(is_active=False)

    assert_unauthorized(await refresh(client, token))
    assert_unauthorized(await refresh(client, successor))


async def test_a_session_that_rests_too_long_is_over(
    client: httpx2.AsyncClient, token: str, clock: MovableClock
) -> None:
    clock.advance(timedelta(days=14))

    assert_unauthorized(await refresh(client, token))


async def test_a_session_is_over_after_ninety_days_of_use(
    client: httpx2.AsyncClient, token: str, clock: MovableClock
) -> None:
    for _ in range(8):
        clock.advance(timedelta(days=11))
        token = await rotated(client, token)
    clock.advance(timedelta(days=2) - timedelta(minutes=5))

    last = (await refresh(client, token)).json()
    clock.advance(timedelta(minutes=6))

    assert 0 < last["expires_in"] <= 300  # the access token does not outlive the session
    assert_unauthorized(await refresh(client, last["refresh_token"]))


@pytest.mark.parametrize("stranger", ["", "x", "A" * 43, "\x00", "é" * 10])
async def test_an_unknown_token_is_the_one_401(client: httpx2.AsyncClient, stranger: str) -> None:
    assert_unauthorized(await refresh(client, stranger))


async def test_the_sealed_successor_is_forgotten_after_the_grace_period(
    client: httpx2.AsyncClient, token: str, clock: MovableClock
) -> None:
    await rotated(client, token)
    assert await forget_successors() == 0
    assert (await Session.get()).sealed_successor is not None
    clock.advance(GRACE)

    assert await forget_successors() == 1
    assert (await Session.get()).sealed_successor is None


@pytest.mark.parametrize("sealed", [None, b"not what was sealed, but long enough"])
async def test_a_successor_that_cannot_be_opened_is_a_plain_401(
    client: httpx2.AsyncClient, token: str, sealed: bytes | None
) -> None:
    successor = await rotated(client, token)
    await Session.all().update(sealed_successor=sealed)

    assert_unauthorized(await refresh(client, token))
    assert await rotated(client, successor)


@pytest.mark.parametrize("round_number", range(10))
async def test_signing_out_beats_a_refresh_at_the_same_moment(
    client: httpx2.AsyncClient, round_number: int
) -> None:
    await register(client)
    pair = await sign_in(client)

    _, racing = await asyncio.gather(
        client.post("/api/v1/auth/logout", headers=bearer(pair)),
        refresh(client, pair["refresh_token"]),
    )

    newest = racing.json().get("refresh_token", pair["refresh_token"])
    assert_unauthorized(await refresh(client, newest))
