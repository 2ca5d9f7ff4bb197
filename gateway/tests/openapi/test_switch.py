"""A setting closes what shows the API; pages of the web service do not."""

from collections.abc import AsyncIterator

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_service import RawService, raw_service

SHOWING = ["/docs", "/docs/swagger-ui.css", "/openapi.json"]


@pytest.fixture
async def web() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture(params=["with pages", "without pages"])
async def quiet(
    settings: GatewaySettings, web: RawService, request: pytest.FixtureRequest
) -> AsyncIterator[RunningGateway]:
    """A gateway that does not show the API."""
    pages = {"web_url": web.url} if request.param == "with pages" else {}
    async with running(settings.model_copy(update={"docs": False, **pages})) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.mark.parametrize("path", SHOWING)
async def test_it_is_switched_off(quiet: RunningGateway, web: RawService, path: str) -> None:
    assert (await quiet.ask(f"GET {path}")).status == 401
    assert (await quiet.ask_signed_in(f"GET {path}")).status == 404
    assert (await quiet.ask("GET /health/ready")).status == 200
    assert web.seen == []


async def test_without_it_and_pages_there_is_nothing_at_the_root(
    settings: GatewaySettings,
) -> None:
    async with running(settings.model_copy(update={"docs": False})) as gateway:
        await until_ready(gateway)
        assert (await gateway.ask("GET /")).status == 401
        assert (await gateway.ask_signed_in("GET /")).status == 404


async def test_beside_pages_it_stays(settings: GatewaySettings, web: RawService) -> None:
    async with running(settings.model_copy(update={"web_url": web.url})) as gateway:
        await until_ready(gateway)
        for path in SHOWING:
            assert (await gateway.ask(f"GET {path}")).status == 200
        document = (await gateway.ask("GET /openapi.json")).json()
        known = ("/api/", "/.well-known/", "/health/")
        assert [path for path in document["paths"] if not path.startswith(known)] == []
        assert web.seen == []
        assert (await gateway.ask("GET /")).body == b"ok"
