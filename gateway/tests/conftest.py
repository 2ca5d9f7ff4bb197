"""A gateway under uvicorn, as in production, between raw clients and raw services."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn
import uvloop
from pydantic import SecretStr

from gateway.cache.store import ResponseCache
from gateway.main import create_app
from gateway.pipeline import Gateway
from gateway.server.protocol import GatewayProtocol
from gateway.settings import GatewaySettings
from gateway.tests.fake_auth import Auth
from gateway.tests.marked_catalog import MarkedCatalog
from gateway.tests.raw_exchange import LIMITS
from gateway.upstream.pool import Upstream
from testing.clock import MovableClock, movable_clock
from testing.collector import Collector
from testing.gateway.keys_and_snapshots import publish_keys, snapshot
from testing.gateway.processes import INTERNAL_SECRET
from testing.gateway.raw_client import PRODUCTS, Reply, ask, request
from testing.gateway.raw_service import RawService, raw_service
from testing.tokens import access_token


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the loop that production runs on."""
    return {"uvloop": uvloop.new_event_loop}


@dataclass(slots=True)
class RunningGateway:
    """A gateway and where it listens."""

    app: Gateway
    server: uvicorn.Server
    port: int

    async def ask(self, line: str, *fields: str, body: bytes = b"") -> Reply:
        """Send one request as a stranger."""
        return await ask(self.port, request(line, *fields, body=body))

    async def ask_signed_in(self, line: str, *fields: str, body: bytes = b"") -> Reply:
        """Send one request with a good token."""
        return await self.ask(line, f"authorization: Bearer {access_token()}", *fields, body=body)


@asynccontextmanager
async def running(settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    """Run a gateway with these settings on a free port."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http=GatewayProtocol.within(settings.head_timeout, settings.client_timeout),
        ws="none",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield RunningGateway(app, server, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def until_status(gateway: RunningGateway, status: int, *fields: str) -> None:
    """Ask for products until they are served with this status, for at most five seconds."""
    async with asyncio.timeout(30):
        while (await gateway.ask(PRODUCTS, *fields)).status != status:
            await asyncio.sleep(0.01)


async def until_ready(gateway: RunningGateway) -> None:
    """Wait until the gateway has fetched the keys and knows what is revoked."""
    async with asyncio.timeout(30):
        while (await gateway.ask("GET /health/ready")).status != 200:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def ready(settings: GatewaySettings, **changes: object) -> AsyncIterator[RunningGateway]:
    """Run a gateway with these settings, but for `changes`, which knows keys and revocations."""
    changed = GatewaySettings.model_validate(settings.model_dump() | changes)
    async with running(changed) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.fixture
def collector() -> Iterator[Collector]:
    """What takes the spans of a gateway that is given its environment."""
    with Collector.running() as collector:
        yield collector


@pytest.fixture(scope="session")
async def _auth() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        service.script, service.snapshot = publish_keys, snapshot()
        yield service


@pytest.fixture(scope="session")
async def _catalog() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture(scope="session")
async def _mailing() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture
async def auth(_auth: RawService) -> AsyncIterator[RawService]:
    """The auth service; after the test it is as before."""
    _auth.seen.clear()  # of tests that did not ask for it
    yield _auth
    await _auth.forget()
    _auth.script, _auth.snapshot = publish_keys, snapshot()


@pytest.fixture
async def catalog(_catalog: RawService) -> AsyncIterator[RawService]:
    """The catalog service; after the test it is as before."""
    _catalog.seen.clear()  # of tests that did not ask for it
    yield _catalog
    await _catalog.forget()


@pytest.fixture
async def mailing(_mailing: RawService) -> AsyncIterator[RawService]:
    """The mailing service; after the test it is as before."""
    _mailing.seen.clear()  # of tests that did not ask for it
    yield _mailing
    await _mailing.forget()


@pytest.fixture
def fake_auth(auth: RawService, catalog: RawService, monkeypatch: pytest.MonkeyPatch) -> Auth:
    """The auth service, which may tell anything; the catalog is as always."""
    monkeypatch.setattr("gateway.access.revocations.FETCH_TIMEOUT", 0.3)
    return Auth(auth)


@pytest.fixture(scope="session")
def settings(_auth: RawService, _catalog: RawService, _mailing: RawService) -> GatewaySettings:
    """Settings with short times."""
    return GatewaySettings(
        auth_url=_auth.url,
        catalog_url=_catalog.url,
        mailing_url=_mailing.url,
        internal_secrets=[SecretStr(INTERNAL_SECRET), SecretStr("the secret before it" * 2)],
        revocations_interval=timedelta(seconds=0.05),
        access_log=False,
        cors_origins=("https://shop.example",),
        connect_timeout=timedelta(seconds=1),
        response_timeout=timedelta(seconds=1),
        idle_timeout=timedelta(seconds=1),
        client_timeout=timedelta(seconds=4),
        max_connections=8,
        queue_size=4,
        queue_timeout=timedelta(seconds=0.5),
        address_limit=0,
        user_limit=0,
        sign_in_limit=0,
        address_concurrency=0,
        user_concurrency=0,
        breaker_failures=0,
        cache_size=0,
    )


@pytest.fixture(scope="session")
async def _gateway(settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    async with running(settings) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.fixture
def gateway(_gateway: RunningGateway, auth: RawService, catalog: RawService) -> RunningGateway:
    """A gateway that has the keys, in front of `auth` and `catalog`."""
    return _gateway


@pytest.fixture
async def service() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture
async def upstream(service: RawService) -> AsyncIterator[Upstream]:
    async with Upstream(service.url, LIMITS) as upstream:
        yield upstream


@pytest.fixture(scope="module")
async def _shop(settings: GatewaySettings, _auth: RawService) -> AsyncIterator[RunningGateway]:
    async with running(settings.model_copy(update={"cache_size": 1})) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.fixture
def pages(catalog: RawService) -> MarkedCatalog:
    """What the catalog shows to `shop`."""
    pages = MarkedCatalog()
    catalog.script = pages
    return pages


@pytest.fixture
def shop(_shop: RunningGateway, auth: RawService, pages: MarkedCatalog) -> RunningGateway:
    """A gateway with an empty cache in front of `pages`, which can also be changed."""
    _shop.app.cached.cache = ResponseCache(4 * 1024 * 1024)
    _shop.app.cached.open_cache = ResponseCache(1024 * 1024)
    return _shop


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock
