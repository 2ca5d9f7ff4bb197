"""SIGTERM while a request waits for a row that somebody else holds."""

import asyncio
import signal
import time

import asyncpg
import httpx2
import pytest

from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.processes import Start
from catalog_service.tests.shell import count
from testing.database import ServiceDatabase
from testing.processes import address_of
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key

MANAGER = {"Authorization": f"Bearer {access_token(roles=['manager'])}", "X-Request-Id": "late"}

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]


async def until_blocked(connection: asyncpg.Connection) -> None:
    """Return when a session waits for what this one holds."""
    blocked = (
        "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    async with asyncio.timeout(20):
        while not await connection.fetch(blocked):
            await asyncio.sleep(0.02)


async def test_what_waits_for_a_row_at_the_deadline_is_a_503_and_changes_nothing(
    start: Start, database: ServiceDatabase
) -> None:
    holder = await asyncpg.connect(database.owner_url)
    async with serving_document(jwks(signing_key())) as jwks_url:
        service = await start(
            "-m", "catalog_service", CATALOG_JWKS_URL=jwks_url, SHUTDOWN_TIMEOUT="1"
        )
        address = await address_of(service)
        async with (
            httpx2.AsyncClient(base_url=address, headers=MANAGER, timeout=20) as client,
            holder.transaction(),
        ):
            await holder.execute("SELECT FROM catalog_state FOR UPDATE")
            asked = asyncio.create_task(client.post(PRODUCTS, json={"name": "Tea", "price": 1}))
            await until_blocked(holder)
            began = time.monotonic()
            service.terminate()
            reply = await asked
            waited = time.monotonic() - began
    await holder.close()
    _, told = await service.communicate()

    assert waited > 0.9
    assert (reply.status_code, reply.json()) == (
        503,
        {
            "code": 503,
            "message": "The service is not available right now; try again in a moment.",
            "error": "service_unavailable",
        },
    )
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Retry-After"] == "1"
    assert reply.headers["Connection"] == "close"
    assert reply.headers["X-Request-Id"] == "late"
    assert service.returncode in {0, -signal.SIGTERM}
    assert b"Traceback" not in told
    assert await count(database) == 0
