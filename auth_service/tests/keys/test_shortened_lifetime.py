"""A shorter life for access tokens revives none that was revoked while it has not expired."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth_service.keys.issued_lifetimes import LEASE, LifetimeLease
from auth_service.main import create_app
from auth_service.models import IssuedLifetime
from auth_service.tests.conftest import (
    INTERNAL_SECRETS,
    REGISTRATION,
    auth_settings,
    bearer,
    sign_in,
)
from auth_service.tests.people import Person, act, join
from shared import clock as shared_clock
from testing.clock import MovableClock
from testing.outage import Cable

HOUR = timedelta(hours=1)
SHORT = timedelta(seconds=10)

pytestmark = pytest.mark.usefixtures("app")  # which connects to the database for all others


@asynccontextmanager
async def started(cable: Cable, lifetime: timedelta) -> AsyncIterator[httpx2.AsyncClient]:
    """Start another process, as far as one remembers anything, with this setting."""
    app = create_app(auth_settings(cable.url, access_token_lifetime=lifetime))
    await app.state.key_ring.load()
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://auth") as client:
        yield client


async def snapshot(client: httpx2.AsyncClient, members: str = "lifetime") -> dict[str, Any]:
    response = await client.get(
        "/internal/revocations",
        params={"members": members},
        headers={"Authorization": f"Bearer {INTERNAL_SECRETS[0]}"},
    )
    assert response.status_code == 200
    document: dict[str, Any] = response.json()
    return document


async def sign_out(client: httpx2.AsyncClient, anna: Person, boss: Person) -> None:
    del boss
    response = await client.post("/api/v1/auth/logout", headers=anna.headers)
    assert response.status_code == 204


async def change_password(client: httpx2.AsyncClient, anna: Person, boss: Person) -> None:
    del boss
    change = {
        "current_password": REGISTRATION["password"],
        "password": "Another:Word2",
        "password_confirmation": "Another:Word2",
    }
    path = "/api/v1/auth/password/change"
    response = await client.post(path, json=change, headers=anna.headers)
    assert response.status_code == 204


async def block(client: httpx2.AsyncClient, anna: Person, boss: Person) -> None:
    assert (await act(client, boss, "POST", f"/{anna.id}/block")).status_code == 204


async def demote(client: httpx2.AsyncClient, anna: Person, boss: Person) -> None:
    response = await act(client, boss, "PUT", f"/{anna.id}/roles", {"roles": ["user"]})
    assert response.status_code == 200


async def session_of(client: httpx2.AsyncClient, anna: Person) -> str:
    response = await client.get("/api/v1/auth/sessions", headers=anna.headers)
    session: str = response.json()[0]["id"]
    return session


@pytest.mark.parametrize("revoke", [sign_out, change_password, block, demote])
async def test_what_ends_an_hours_token_is_there_until_the_token_has_expired(
    cable: Cable,
    clock: MovableClock,
    revoke: Callable[[httpx2.AsyncClient, Person, Person], Awaitable[None]],
) -> None:
    async with started(cable, HOUR) as before:
        boss = await join(before, "boss", "admin")
        anna = await join(before, "anna", "manager")
        session = await session_of(before, anna)

    async def is_revoked() -> bool:
        async with started(cable, SHORT) as restarted:
            told = await snapshot(restarted)
        return session in told["sids"] or told["versions"].get(str(anna.id), 0) > 1

    assert not await is_revoked()
    async with started(cable, SHORT) as short:
        await revoke(short, anna, boss)
    for minutes in (0, 3, 30, 26):
        clock.advance(timedelta(minutes=minutes))
        assert await is_revoked()
    clock.advance(timedelta(minutes=4))
    assert not await is_revoked()


async def test_the_longest_life_is_that_of_any_replica_until_its_last_token_has_expired(
    cable: Cable, clock: MovableClock
) -> None:
    async with started(cable, SHORT) as short, started(cable, HOUR) as long:
        await join(short, "anna")
        assert (await snapshot(short))["lifetime"] == 10
        await join(long, "boris")
        assert [(await snapshot(one))["lifetime"] for one in (short, long)] == [3600, 3600]
        clock.advance(timedelta(minutes=9))
        boris = await sign_in(long, "boris@example.com")
        clock.advance(HOUR - timedelta(minutes=1))  # of which a busy machine may take some
        assert (await long.get("/api/v1/users/me", headers=bearer(boris))).status_code == 200
        assert (await snapshot(short))["lifetime"] == 3600
        clock.advance(LEASE + timedelta(minutes=3))
        assert (await snapshot(short))["lifetime"] == 10


async def test_a_lease_outlives_each_token_by_no_more_than_it_must(
    clock: MovableClock,
) -> None:
    lease = LifetimeLease(HOUR)
    until = []
    for _ in range(12):
        await lease.hold()
        until.append((await IssuedLifetime.get(seconds=3600)).issued_until)
        assert until[-1] > shared_clock.now()
        clock.advance(timedelta(minutes=1))
    assert len(set(until)) == 2


async def test_a_clock_that_is_behind_shortens_no_lease_of_another(
    clock: MovableClock,
) -> None:
    await LifetimeLease(HOUR).hold()
    before = await IssuedLifetime.get(seconds=3600)
    clock.advance(-timedelta(minutes=1))
    await LifetimeLease(HOUR).hold()
    assert (await IssuedLifetime.get(seconds=3600)).issued_until == before.issued_until


async def test_the_service_itself_and_the_key_set_know_the_longest_life(
    cable: Cable, clock: MovableClock
) -> None:
    async with started(cable, HOUR) as long:
        anna = await join(long, "anna")
    async with started(cable, SHORT) as short:
        assert (await short.get("/.well-known/jwks.json")).json()["token_lifetime"] == 3600
        assert (await short.get("/api/v1/users/me", headers=anna.headers)).status_code == 200
    clock.advance(HOUR + LEASE + timedelta(minutes=3))
    async with started(cable, SHORT) as short, started(cable, timedelta(hours=2)) as never:
        assert (await short.get("/.well-known/jwks.json")).json()["token_lifetime"] == 10
        forged = await sign_in(never, anna.email)
        await IssuedLifetime.all().delete()  # as if nobody had issued it
        refused = await short.get("/api/v1/users/me", headers=bearer(forged))
        assert refused.status_code == 401


async def test_a_gateway_of_before_is_given_what_it_knows(client: httpx2.AsyncClient) -> None:
    assert (await snapshot(client, "")).keys() == {"kids", "sids", "versions"}


async def test_a_newer_gateway_may_ask_for_more(client: httpx2.AsyncClient) -> None:
    told = await snapshot(client, "riddles")
    assert told.keys() == {"kids", "sids", "versions"}
