"""What the auth service counts beside requests."""

from datetime import timedelta

import httpx2
from fastapi import FastAPI

from auth_service.tests.conftest import register
from shared.testing.clock import MovableClock


def value(app: FastAPI, name: str, **labels: str) -> float:
    return app.state.metrics.registry.get_sample_value(name, labels) or 0.0


async def test_letters_to_be_sent_are_counted(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await app.state.auth_metrics.count_letters()
    before = value(app, "vitrina_outbox_letters")
    await register(client)
    await app.state.auth_metrics.count_letters()
    assert (before, value(app, "vitrina_outbox_letters") > 0) == (0, True)


async def test_the_age_of_the_oldest_letter_is_told(
    app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    clock.advance(timedelta(minutes=5))
    await app.state.auth_metrics.count_letters()
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
