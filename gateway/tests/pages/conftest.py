"""A gateway with a web service behind it, whose every byte the test decides."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from testing.gateway.behalf import SECRET, SECRET_BEFORE
from testing.gateway.raw_service import RawService, raw_service


@pytest.fixture(scope="session")
async def _web() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture
async def web(_web: RawService) -> AsyncIterator[RawService]:
    """The web service; after the test it is as before."""
    yield _web
    await _web.forget()


@pytest.fixture(scope="session")
def site_settings(settings: GatewaySettings, _web: RawService) -> GatewaySettings:
    """Settings with a web service, whose secret is known."""
    changes = {
        "web_url": _web.url,
        "on_behalf_secrets": [SECRET, SECRET_BEFORE],
        "web_connections": 16,
        "client_timeout": timedelta(seconds=2),
    }
    return GatewaySettings.model_validate(settings.model_dump() | changes)


@pytest.fixture(scope="session")
async def _site(site_settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    async with ready(site_settings) as gateway:
        yield gateway


@pytest.fixture
def site(
    _site: RunningGateway, web: RawService, auth: RawService, catalog: RawService
) -> RunningGateway:
    """A gateway in front of `web`, `auth` and `catalog`."""
    return _site
