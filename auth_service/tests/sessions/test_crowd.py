"""Many concurrent sign-ins: what waits for a hash holds up nothing else."""

import asyncio
import logging
import time
from collections import Counter

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.crypto.passwords import PasswordHasher
from auth_service.settings import AuthSettings
from auth_service.tests.conftest import bearer, refresh, register, sign_in
from auth_service.tests.sessions.test_guessing import addresses, guess

CROWD = 120
SHARE_OF_THE_GATEWAY = 16
"""Connections to this service that sign-ins may hold concurrently."""

logger = logging.getLogger(__name__)


def test_fewer_wait_for_a_hash_than_the_gateway_has_connections_for_signing_in() -> None:
    assert AuthSettings.model_fields["hash_queue_size"].default < SHARE_OF_THE_GATEWAY


async def test_a_crowd_that_signs_in_holds_up_nothing_else(
    app: FastAPI, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(client)
    pair = await sign_in(client)
    monkeypatch.setitem(app.state._state, "hasher", PasswordHasher(workers=1))
    places = addresses(CROWD)
    crowd = [
        asyncio.create_task(guess(client, login=f"person{n}@example.com", address=places[n]))
        for n in range(CROWD)
    ]
    await asyncio.sleep(0)
    times = []
    while not all(task.done() for task in crowd):
        started = time.perf_counter()
        renewed = await refresh(client, pair["refresh_token"])
        assert renewed.status_code == 200
        pair = renewed.json()
        me = await client.get("/api/v1/users/me", headers=bearer(pair))
        keys = await client.get("/.well-known/jwks.json")
        assert (me.status_code, keys.status_code) == (200, 200)
        times.append(time.perf_counter() - started)

    answers = [await task for task in crowd]
    counted = Counter(answer.status_code for answer in answers)
    slowest = max(times) * 1000
    logger.info(f"{dict(counted)}; refresh, users/me and JWKS: {slowest:.0f} ms at most")
    assert counted.keys() == {401, 503}
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert (busy.json()["error"], busy.headers["retry-after"]) == ("too_busy", "1")
