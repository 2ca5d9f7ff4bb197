"""An export of as many events as a busy shop writes in a year."""

import asyncpg
from fastapi import FastAPI

from auth_service.actor import OPERATOR
from auth_service.audit_log import exporting
from auth_service.audit_log.schemas import AuditExportOptions
from shared.transfer.formats import FileFormat
from testing.database import ServiceDatabase
from testing.memory import resident

EVENTS = 200_000
MOST_GROWTH = 32 * 2**20
"""Bytes; the whole file is some fifty MiB, and its events as objects many times that."""
FILL = f"""
INSERT INTO audit_events (at, event, succeeded, address, user_agent, request_id, details)
SELECT now(), 'signed_in', true, '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
       'a-request', '{{"roles": ["user"]}}'
FROM generate_series(1, {EVENTS})
"""


async def test_200_000_events_take_the_memory_of_a_batch(
    app: FastAPI, database: ServiceDatabase
) -> None:
    del app
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(FILL)
    finally:
        await connection.close()

    options = AuditExportOptions(format=FileFormat.CSV)
    lines, growth, before = 0, 0, resident()
    async for batch in await exporting.export_events(options, actor=OPERATOR):
        lines += batch.count(b"\r\n")
        growth = max(growth, resident() - before)

    assert lines == EVENTS + 1
    assert growth < MOST_GROWTH
