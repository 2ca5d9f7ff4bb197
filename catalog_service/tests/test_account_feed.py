"""The running service follows auth's feed, one of its processes at a time."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from catalog_service.tests.conftest import SECRETS
from catalog_service.tests.processes import Start
from testing.database import ServiceDatabase
from testing.processes import address_of

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]

TAKEOVER = 2.0
"""Seconds."""


class FakeAuth:
    """Says the same accounts to each that asks anew, then nothing; and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.heads: list[str] = []
        account = {
            "id": str(uuid4()),
            "is_erased": False,
            "full_name": "Анна",
            "email": None,
            "is_email_verified": False,
            "is_active": True,
            "roles": ["user"],
            "language": "ru",
            "time_zone": "UTC",
        }
        self.accounts: list[dict[str, Any]] = [account]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        is_new = "after= " in head.partition("\r\n")[0]
        page = {
            "cursor": "a",
            "restarts": is_new,
            "complete": True,
            "accounts": self.accounts if is_new else [],
        }
        body = json.dumps(page).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving_accounts() -> AsyncIterator[FakeAuth]:
    auth = FakeAuth()
    async with await asyncio.start_server(auth.answer, "127.0.0.1") as server:
        auth.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/internal/accounts"
        yield auth


async def holder(database: ServiceDatabase) -> UUID | None:
    """Return who holds the lease, once the accounts are there."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        found: UUID | None = await connection.fetchval(
            "SELECT leased_by FROM account_position WHERE copied_at IS NOT NULL"
        )
        return found
    finally:
        await connection.close()


async def another_holder(database: ServiceDatabase, *, than: UUID | None) -> UUID:
    async with asyncio.timeout(20):
        while (found := await holder(database)) in {None, than}:
            await asyncio.sleep(0.05)
    assert found is not None
    return found


async def test_of_two_processes_one_reads_and_the_other_goes_on_when_it_is_killed(
    start: Start, database: ServiceDatabase
) -> None:
    async with serving_accounts() as auth:
        settings = {"CATALOG_ACCOUNTS_URL": auth.url, "CATALOG_ACCOUNTS_INTERVAL": "0.5"}
        one = await start("-m", "catalog_service", **settings)
        first = await another_holder(database, than=None)
        other = await start("-m", "catalog_service", **settings)
        await address_of(other)
        before = len(auth.heads)
        await asyncio.sleep(2)
        assert len(auth.heads) - before <= 5  # one process asks; two would have asked eight times

        reader = await holder(database)
        killed = one if reader == first else other  # which a busy machine may have let overtake
        killed.kill()
        began = time.monotonic()
        await another_holder(database, than=reader)

        assert time.monotonic() - began <= TAKEOVER
        asked = [head for head in auth.heads if "after= " in head]
        assert len(asked) == 1  # the other goes on where the first was
        assert f"Bearer {SECRETS[0]}" in auth.heads[0]
