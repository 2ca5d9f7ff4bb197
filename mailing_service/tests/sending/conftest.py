"""A sender in this process, before a scripted mail server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from mailing_service.sending.sender import Sender
from mailing_service.settings import MailingSettings
from mailing_service.tests.sending.composing import compose
from shared.smtp.breaker import BreakerRule
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.mailing.runs import orm
from testing.smtp.sink import Sink

QUICK_RULE = BreakerRule(
    failures=3,
    first_wait=timedelta(seconds=0.3),
    longest_wait=timedelta(seconds=1),
    probe_lease=timedelta(seconds=2),
)
Sending = Callable[..., AbstractAsyncContextManager[Sender]]


@pytest.fixture(scope="package")
async def models(database: ServiceDatabase) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink().running() as sink:
        yield sink


@pytest.fixture
def sending(
    database: ServiceDatabase,
    models: None,
    sink: Sink,
    empty_tables: None,
) -> Sending:
    """Makes a context in which a worker sends to the sink, with these settings."""
    del models, empty_tables

    @asynccontextmanager
    async def running(**changes: Any) -> AsyncIterator[Sender]:
        sender = Sender(settings_for(database, sink, **changes), compose, rule=QUICK_RULE)
        stop = asyncio.Event()
        task = asyncio.create_task(sender.run(stop))
        try:
            yield sender
        finally:
            stop.set()
            await asyncio.wait_for(task, 120)

    return running


def settings_for(database: ServiceDatabase, sink: Sink, **changes: Any) -> MailingSettings:
    """Return the settings of a worker without rates that sends to the sink."""
    return MailingSettings.model_validate(
        {
            "database_url": database.runtime_url,
            "secrets": SECRETS,
            "INTERNAL_SECRETS": SECRETS,
            "public_url": "https://shop.example",
            "MAILING_FROM": "Shop <news@shop.example>",
            "smtp_host": "127.0.0.1",
            "smtp_port": sink.port,
            "smtp_timeout": timedelta(seconds=5),
            "server_rate": 0,
            "domain_rate": 0,
            "domain_connections": 0,
            "owner_quota": 1_000_000,
            "retry_first": timedelta(seconds=1),
            **changes,
        }
    )
