"""The system under test: that of VITRINA_URL, or one of our own on free ports.

The tests know nothing of it but the address of its gateway; those that break parts of it ask for
``system``, which only one of our own offers.
"""

import os
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from testing.background import BackgroundSystem
from testing.people import Shop


@pytest.fixture(scope="session")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundSystem | None]:
    """The system that these tests started; None where VITRINA_URL names another."""
    if "VITRINA_URL" in os.environ:
        yield None
        return
    with BackgroundSystem(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture
def system(own_system: BackgroundSystem | None) -> BackgroundSystem:
    """A system whose parts may be broken; mend them before the end of the test."""
    if own_system is None:
        pytest.skip("needs a system of its own to break")
    return own_system


@pytest.fixture(scope="session")
def url(own_system: BackgroundSystem | None) -> str:
    """The gateway's address."""
    return own_system.url if own_system else os.environ["VITRINA_URL"].rstrip("/")


@pytest.fixture
async def shop(url: str) -> AsyncIterator[Shop]:
    """The shop, as somebody sees it who has just opened it."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx2.AsyncClient(base_url=url, timeout=20, limits=limits) as client:
        yield Shop(client)


@pytest.fixture
def admin_password(own_system: BackgroundSystem | None) -> str:
    """The first administrator's first password."""
    if own_system:
        return own_system.settings.admin_password_file.read_text().strip()
    if "VITRINA_ADMIN_PASSWORD" not in os.environ:
        pytest.skip("VITRINA_ADMIN_PASSWORD is not set")
    return os.environ["VITRINA_ADMIN_PASSWORD"]
