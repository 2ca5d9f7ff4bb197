"""The database goes away at each step of a use case in turn: all of it is there, or nothing.

Each message from the service to PostgreSQL is once the one that does not arrive.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx2
import pytest

from auth_service.models import (
    AuditEvent,
    Confirmation,
    OutboxEmail,
    RateLimit,
    RefreshToken,
    Session,
    User,
)
from auth_service.tests.conftest import REGISTRATION, refresh, register, sign_in
from testing.outage import Cable

pytestmark = pytest.mark.timing

MOST_STEPS = 80
"""More messages than any of these use cases sends."""


@pytest.fixture
async def cuttable(cable: Cable) -> AsyncIterator[Cable]:
    """The cable, connected again afterwards."""
    yield cable
    cable.cut()
    await cable.connect()


async def in_a_task(request: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
    """Serve the request in a task of its own, as a server does: broken transactions end with it."""
    return await asyncio.create_task(request)


async def mend(cable: Cable, client: httpx2.AsyncClient) -> None:
    """Connect again and wait until the service has noticed."""
    cable.cut()
    await cable.connect()
    await until_ready(client)


async def until_ready(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while (await in_a_task(client.get("/health/ready"))).status_code != 200:
            await asyncio.sleep(0.01)


async def test_a_registration_is_whole_or_not_there(
    client: httpx2.AsyncClient, cuttable: Cable
) -> None:
    for step in range(MOST_STEPS):
        body = {**REGISTRATION, "email": f"p{step}@example.com", "phone": f"+79{step:09}"}
        cuttable.cut_after(step)
        response = await in_a_task(client.post("/api/v1/auth/register", json=body))
        was_cut = cuttable.is_cut()
        await mend(cuttable, client)

        user = await User.get_or_none(email=body["email"])
        assert response.status_code in {201, 503}, response.text
        assert user is not None or response.status_code == 503
        if user is not None:
            assert await Confirmation.filter(user_id=user.id).count() == 1
            assert await OutboxEmail.filter(user_id=user.id).count() == 1
            assert await AuditEvent.filter(subject_id=user.id, event="registered").count() == 1
        if not was_cut:
            assert response.status_code == 201
            return
    pytest.fail("the last step was never reached")


async def test_no_sign_in_gives_a_token_without_its_row(
    client: httpx2.AsyncClient, cuttable: Cable
) -> None:
    await register(client)
    credentials = {"login": REGISTRATION["email"], "password": REGISTRATION["password"]}
    for step in range(MOST_STEPS):
        cuttable.cut_after(step)
        response = await in_a_task(client.post("/api/v1/auth/login", json=credentials))
        was_cut = cuttable.is_cut()
        await mend(cuttable, client)

        assert response.status_code in {200, 429, 503}, response.text
        if response.status_code == 200:
            again = await refresh(client, response.json()["refresh_token"])
            assert again.status_code == 200
        sessions = await Session.all().count()
        assert await RefreshToken.filter(generation=1).count() == sessions
        if not was_cut:
            assert response.status_code == 200
            return
        await RateLimit.all().delete()
    pytest.fail("the last step was never reached")


async def test_no_refresh_loses_a_session(client: httpx2.AsyncClient, cuttable: Cable) -> None:
    await register(client)
    token = (await sign_in(client))["refresh_token"]
    for step in range(MOST_STEPS):
        cuttable.cut_after(step)
        response = await in_a_task(refresh(client, token))
        was_cut = cuttable.is_cut()
        await mend(cuttable, client)

        assert response.status_code in {200, 503}, response.text
        retried = await refresh(client, token)
        assert retried.status_code == 200, "a lost answer logs nobody out"
        if response.status_code == 200:
            assert retried.json()["refresh_token"] == response.json()["refresh_token"]
        token = retried.json()["refresh_token"]
        assert (await Session.get()).ended_at is None
        if not was_cut:
            return
    pytest.fail("the last step was never reached")
