"""The tables of the service without the service, and an auth that says what a test wants."""

from collections.abc import AsyncIterator, Iterator

import pytest

from mailing_service.tests.accounts.scripted_auth import ScriptedAuth
from testing.clock import MovableClock, movable_clock
from testing.database import ServiceDatabase
from testing.mailing.runs import orm


@pytest.fixture
def auth() -> ScriptedAuth:
    return ScriptedAuth()


@pytest.fixture
async def tables(database: ServiceDatabase, empty_tables: None) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock
