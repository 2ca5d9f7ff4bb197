"""An export of as many events as a busy shop writes in a year."""

import asyncpg
import pytest
from fastapi import FastAPI

from catalog_service.audit_log.exporting import export_events
from catalog_service.audit_log.schemas import AuditExportOptions
from catalog_service.tests.buyers import Buyer
from shared.transfer.formats import FileFormat
from testing.database import ServiceDatabase
from testing.memory import resident

pytestmark = pytest.mark.usefixtures("empty_tables")
EVENTS = 200_000
MOST_GROWTH = 32 * 2**20
"""Bytes; the whole file is some thirty MiB, and its events as objects many times that."""
FILL = f"""
INSERT INTO audit_events (at, event, actor_id, product_id, request_id, details)
SELECT now(), 'product_changed', md5((n % 9)::text)::uuid, n % 1000, 'a-request',
       '{{"price": {{"before": 100, "after": 120}}, "name": {{"before": "Чай", "after": "Tea"}}}}'
FROM generate_series(1, {EVENTS}) AS n
"""


async def test_200_000_events_take_the_memory_of_a_batch(
    app: FastAPI, database: ServiceDatabase, manager: Buyer
) -> None:
    del app
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(FILL)
    finally:
        await connection.close()

    options = AuditExportOptions(format=FileFormat.CSV)
    lines, growth, before = 0, 0, resident()
    async for batch in await export_events(options, reader_id=manager.user_id):
        lines += batch.count(b"\r\n")
        growth = max(growth, resident() - before)

    assert lines == EVENTS + 1
    assert growth < MOST_GROWTH
