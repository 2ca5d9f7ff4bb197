"""SIGTERM while a sign-in waits for a table that somebody else holds."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from auth_service.tests.conftest import INTERNAL_SECRETS
from testing.database import ServiceDatabase
from testing.processes import address_of

pytestmark = pytest.mark.timing

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"login": "anna@example.com", "password": "Open:Sesame1"}
FORM = {"grant_type": "password", "username": "anna@example.com", "password": "Open:Sesame1"}


@pytest.fixture
async def service(database: ServiceDatabase) -> AsyncIterator[Process]:
    """The service as a process of its own."""
    settings = {
        "AUTH_DATABASE_URL": database.runtime_url,
        "AUTH_SECRETS": '["a secret of the tests, long enough"]',
        "INTERNAL_SECRETS": json.dumps(INTERNAL_SECRETS),
        "AUTH_PORT": "0",
        "SHUTDOWN_TIMEOUT": "1",
    }
    command = (sys.executable, "-m", "auth_service")
    environment = {**os.environ, **settings}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stderr=PIPE)
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_what_waits_at_the_deadline_is_a_503_in_the_one_shape(
    service: Process, database: ServiceDatabase
) -> None:
    holder = await asyncpg.connect(database.owner_url)
    url = await address_of(service)
    blocked = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"
    async with httpx2.AsyncClient(base_url=url, timeout=20) as client, holder.transaction():
        await holder.execute("LOCK TABLE users")
        asked = [
            asyncio.create_task(client.post("/api/v1/auth/login", json=CREDENTIALS)),
            asyncio.create_task(client.post("/api/v1/auth/token", data=FORM)),
        ]
        async with asyncio.timeout(20):
            while len(await holder.fetch(blocked)) < len(asked):
                await asyncio.sleep(0.02)
        service.terminate()
        for reply in await asyncio.gather(*asked):
            assert (reply.status_code, reply.json()["error"]) == (503, "service_unavailable")
            assert reply.headers["Retry-After"] == "1"
    await holder.close()
    _, told = await service.communicate()
    assert b"Traceback" not in told
