"""A service at several addresses: the least busy first, the dead one out and back in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.routes.catalog import CATALOG
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.raw_exchange import FAST, POST, exchange
from gateway.upstream.circuit_breaker import State
from gateway.upstream.errors import BreakerOpen, ConnectFailed
from gateway.upstream.pool import Upstream
from testing.gateway.raw_service import Peer, RawService, raw_service, until
from testing.ports import free_port

pytestmark = pytest.mark.timing


@asynccontextmanager
async def restarted(service: RawService) -> AsyncIterator[None]:
    """Have a service listen again where it was."""
    server = await asyncio.start_server(service.accept, "127.0.0.1", service.port)
    try:
        yield
    finally:
        server.close()
        await service.forget()
        await server.wait_closed()


@pytest.fixture
async def pair() -> AsyncIterator[tuple[RawService, RawService]]:
    async with raw_service() as first, raw_service() as second:
        yield first, second


def urls(*services: RawService) -> str:
    return ",".join(service.url for service in services)


class TestWhichOne:
    async def test_the_least_busy_is_asked(self, pair: tuple[RawService, RawService]) -> None:
        first, second = pair
        async with Upstream(urls(*pair), FAST) as upstream:
            held = [await upstream.acquire() for _ in range(6)]
            await until(lambda: (first.open, second.open) == (3, 3))
            for connection in held:
                upstream.release(connection)

    async def test_an_idle_connection_elsewhere_is_better_than_waiting(
        self, pair: tuple[RawService, RawService]
    ) -> None:
        limits = replace(FAST, max_connections=2)
        async with Upstream(urls(*pair), limits) as upstream:
            await asyncio.gather(exchange(upstream), exchange(upstream))
            held = [await upstream.acquire(), await upstream.acquire()]
            assert (upstream.busy, upstream.taken) == (2, 2)
            for connection in held:
                upstream.release(connection)

    async def test_a_refused_connection_is_made_elsewhere_and_the_address_left_alone(
        self, service: RawService
    ) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}"
        async with Upstream(f"{nowhere},{service.url}", FAST) as upstream:
            for _ in range(5):
                assert await exchange(upstream, POST) == b"ok"
            assert (upstream.endpoints.out, upstream.elsewhere) == (1, 1)
        assert len(service.seen) == 5

    async def test_who_comes_back_is_asked_again(self, pair: tuple[RawService, RawService]) -> None:
        first, second = pair
        port = free_port()
        async with Upstream(f"http://127.0.0.1:{port},{second.url}", FAST) as upstream:
            await exchange(upstream)
            assert upstream.endpoints.out == 1
            first.port = port
            async with restarted(first):
                await until(lambda: upstream.endpoints.all[0].breaker.state is State.HALF_OPEN)
                await asyncio.gather(*(exchange(upstream) for _ in range(4)))
                assert upstream.endpoints.out == 0
                assert first.seen

    async def test_no_address_at_all_is_an_error_immediately(self) -> None:
        async with Upstream(f"http://127.0.0.1:{free_port()}", FAST) as upstream:
            for _ in range(3):
                with pytest.raises(ConnectFailed):
                    await upstream.acquire()
            with pytest.raises(BreakerOpen):
                await upstream.acquire()
            assert upstream.taken == 0


class TestReplacement:
    async def test_two_addresses_are_replaced_in_turn_and_no_get_fails(
        self, settings: GatewaySettings, auth: RawService, pair: tuple[RawService, RawService]
    ) -> None:
        changes = {"catalog_url": urls(*pair), "breaker_failures": 5, "max_connections": 16}
        pause = {"breaker_pause": timedelta(seconds=0.05)}
        statuses: Counter[int] = Counter()
        over = asyncio.Event()
        for service in pair:
            service.script = Draining(service)
        async with running(settings.model_copy(update=changes | pause)) as gateway:
            await until_ready(gateway)
            upstream = gateway.app.proxy.upstreams[CATALOG]
            clients = [asyncio.create_task(keep_asking(gateway, statuses, over)) for _ in range(8)]
            for service in pair:
                await replace_service(service)
                await until(lambda: upstream.endpoints.out == 0)
            over.set()
            await asyncio.gather(*clients)
        assert set(statuses) == {200}
        assert upstream.retries.spent + upstream.elsewhere > 0


class Draining:
    """Answers until it is to end; then says so in each response, and closes what is idle."""

    def __init__(self, service: RawService) -> None:
        self._server = service.server

    async def __call__(self, peer: Peer) -> None:
        assert self._server is not None
        while True:
            asked = asyncio.ensure_future(peer.request())
            while not asked.done():
                await asyncio.wait([asked], timeout=0.02)
                if not (asked.done() or self._server.is_serving()):
                    asked.cancel()
                    await asyncio.gather(asked, return_exceptions=True)
                    return
            asked.result()
            await peer.answer(fields="" if self._server.is_serving() else "connection: close\r\n")


async def keep_asking(gateway: RunningGateway, statuses: Counter[int], over: asyncio.Event) -> None:
    while not over.is_set():
        statuses[(await gateway.ask_signed_in("GET /api/v1/products/1")).status] += 1


async def replace_service(service: RawService) -> None:
    """End a service as one that drains, then begin the next at the same address."""
    await until(lambda: service.open > 0)
    assert service.server is not None
    service.server.close()
    await service.until_open(0)
    await asyncio.sleep(0.1)
    service.server = await asyncio.start_server(service.accept, "127.0.0.1", service.port)
    service.script = Draining(service)
