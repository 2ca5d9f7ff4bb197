"""What the auth service counts beside requests."""

from datetime import timedelta

import asyncpg
import httpx2
from fastapi import FastAPI

from auth_service.tests.conftest import register
from testing.clock import MovableClock
from testing.database import ServiceDatabase


def value(app: FastAPI, name: str, **labels: str) -> float:
    return app.state.metrics.registry.get_sample_value(name, labels) or 0.0


async def test_emails_to_be_sent_are_counted(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await app.state.auth_metrics.count_emails()
    before = value(app, "vitrina_outbox_letters")
    await register(client)
    await app.state.auth_metrics.count_emails()
    assert (before, value(app, "vitrina_outbox_letters") > 0) == (0, True)


async def test_the_age_of_the_oldest_email_is_reported(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    clock.advance(timedelta(minutes=5))
    await app.state.auth_metrics.count_emails()
    assert value(app, "vitrina_outbox_age_seconds") >= 300


async def test_accounts_that_are_removed_are_counted(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    before = value(app, "vitrina_accounts_purged_total")
    await register(client)
    clock.advance(timedelta(days=3))
    await app.state.auth_metrics.purge(timedelta(days=2))
    assert value(app, "vitrina_accounts_purged_total") == before + 1


async def test_the_pool_and_the_queue_of_hashes_are_seen(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await register(client)
    states = [
        value(app, "vitrina_database_connections", server="primary", state=word)
        for word in ("busy", "idle")
    ]
    assert sum(states) >= 1
    assert value(app, "vitrina_password_hashes_waiting") == 0


async def test_the_time_of_the_last_backup_is_what_the_backup_noted(
    app: FastAPI, database: ServiceDatabase
) -> None:
    """As `standalone.backup.system.record` writes it, whatever else stands there."""
    owner = await asyncpg.connect(database.owner_url)
    name = await owner.fetchval("SELECT current_database()")
    try:
        for comment, told in {
            "'last backup: 2026-11-29T18:00:00+00:00'": 1795975200.0,
            "'last backup: yesterday'": 0,
            "'of somebody else'": 0,
            "NULL": 0,
        }.items():
            await owner.execute(f'COMMENT ON DATABASE "{name}" IS {comment}')
            await app.state.auth_metrics.look_for_backup()
            assert value(app, "vitrina_last_backup_timestamp_seconds") == told
    finally:
        await owner.close()
