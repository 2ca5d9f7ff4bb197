"""A service at several addresses: the least busy first, the dead one out and back in."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.breaker import State
from gateway.routes import Service
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.raw_client import LOGIN, PRODUCTS
from gateway.tests.raw_exchange import GET, LIMITS, POST, exchange
from gateway.tests.raw_service import (
    Peer,
    RawService,
    after_request,
    answer_everything,
    keep_silent,
    raw_service,
    until,
)
from gateway.upstream import Upstream
from gateway.upstream_errors import (
    BreakerOpen,
    ClosedBeforeResponse,
    ConnectFailed,
    NameUnresolved,
    ResponseTimeout,
)

FAST = replace(LIMITS, breaker_failures=3, breaker_pause=0.05, max_connections=8, queue_size=8)


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


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


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

    async def test_no_address_at_all_is_an_error_at_once(self) -> None:
        async with Upstream(f"http://127.0.0.1:{free_port()}", FAST) as upstream:
            for _ in range(3):
                with pytest.raises(ConnectFailed):
                    await upstream.acquire()
            with pytest.raises(BreakerOpen):
                await upstream.acquire()
            assert upstream.taken == 0


class TestNames:
    async def test_every_answer_for_a_name_is_an_address(
        self, service: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hosts = ("127.0.0.1", "127.0.0.2")
        answers: list[object] = [(0, 0, 0, "", (host, service.port)) for host in hosts]
        resolver(monkeypatch, lambda: answers)
        async with Upstream(f"http://shop.internal:{service.port}", FAST) as upstream:
            await exchange(upstream)
            assert [one.address[0] for one in upstream.endpoints.all] == ["127.0.0.1", "127.0.0.2"]

    async def test_a_name_is_asked_for_again_and_again(
        self, pair: tuple[RawService, RawService], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host = ["127.0.0.1"]
        first, _ = pair
        resolver(monkeypatch, lambda: [(0, 0, 0, "", (host[0], first.port))])
        limits = replace(FAST, resolve_every=0.02)
        async with Upstream(f"http://shop.internal:{first.port}", limits) as upstream:
            await exchange(upstream)
            assert upstream.idle == 1
            host[0] = "127.0.0.3"
            await until(lambda: upstream.endpoints.all[0].address[0] == "127.0.0.3")
            assert (upstream.idle, upstream.taken) == (0, 0)

    async def test_a_resolver_that_is_away_costs_nothing_that_is_known(
        self, service: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = []

        def answer() -> list[object]:
            calls.append(1)
            if len(calls) > 1:
                raise socket.gaierror
            return [(0, 0, 0, "", ("127.0.0.1", service.port))]

        resolver(monkeypatch, answer)
        limits = replace(FAST, resolve_every=0.02)
        async with Upstream(f"http://shop.internal:{service.port}", limits) as upstream:
            await exchange(upstream)
            await until(lambda: len(calls) > 2)
            assert await exchange(upstream) == b"ok"

    async def test_a_name_without_an_address_is_told(self) -> None:
        async with Upstream("http://nowhere.invalid", FAST) as upstream:
            with pytest.raises(NameUnresolved):
                await upstream.acquire()


def resolver(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], list[object]]) -> None:
    """Answer for every name."""

    async def getaddrinfo(*_: object, **__: object) -> list[object]:
        return answer()

    class Loop:
        def __init__(self) -> None:
            self._loop = asyncio.get_running_loop()

        def __getattr__(self, name: str) -> object:
            return getaddrinfo if name == "getaddrinfo" else getattr(self._loop, name)

    loop = Loop()
    monkeypatch.setattr("gateway.endpoints.asyncio.get_running_loop", lambda: loop)


class TestBreaker:
    async def test_it_opens_lets_one_through_and_closes(self, service: RawService) -> None:
        async with Upstream(service.url, FAST) as upstream:
            service.script = keep_silent
            for _ in range(3):
                with pytest.raises(ResponseTimeout):
                    await exchange(upstream)
            with pytest.raises(BreakerOpen):
                await exchange(upstream)
            breaker = upstream.endpoints.all[0].breaker
            await until(lambda: breaker.state is State.HALF_OPEN)
            service.script = answer_everything
            trial = await upstream.acquire()
            with pytest.raises(BreakerOpen):  # only one at a time
                await upstream.acquire()
            trial.start(GET, head_only=False, complete=True)
            await trial.response()
            await trial.read()
            upstream.release(trial)
            assert breaker.closed
            assert await asyncio.gather(*(exchange(upstream) for _ in range(4))) == [b"ok"] * 4

    async def test_a_trial_that_nobody_waits_for_leaves_the_next_one_its_turn(
        self, service: RawService
    ) -> None:
        async with Upstream(service.url, FAST) as upstream:
            breaker = upstream.endpoints.all[0].breaker
            service.script = keep_silent
            await asyncio.gather(*(exchange(upstream) for _ in range(3)), return_exceptions=True)
            await until(lambda: breaker.state is State.HALF_OPEN)
            trial = asyncio.ensure_future(exchange(upstream))
            await until(lambda: upstream.busy == 1)
            trial.cancel()
            await asyncio.gather(trial, return_exceptions=True)
            service.script = answer_everything
            assert await exchange(upstream) == b"ok"
            assert breaker.closed

    async def test_the_client_gets_a_503_at_once_and_the_other_service_is_as_before(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        changed = settings.model_copy(update={"breaker_failures": 2})
        async with running(changed) as gateway:
            await until_ready(gateway)
            catalog.script = after_request(lambda peer: peer.close())
            statuses = [(await gateway.ask_signed_in(PRODUCTS)).status for _ in range(3)]
            assert statuses == [502, 502, 503]
            assert (await gateway.ask(LOGIN, body=b"{}")).status == 200
            assert (len(catalog.seen), await retry_after(gateway)) == (2, [b"1"])


async def retry_after(gateway: RunningGateway) -> list[bytes]:
    return (await gateway.ask_signed_in(PRODUCTS)).values(b"retry-after")


class TestAskedAgain:
    async def test_a_get_whose_kept_connection_ends_is_asked_once_more(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            catalog.script = answer_once_then_close
            path = "GET /api/v1/products/1"
            for _ in range(10):
                assert (await gateway.ask_signed_in(path)).status == 200
            assert len(catalog.seen) > 10

    async def test_one_that_ends_again_is_a_502_and_no_third_try(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            path = "GET /api/v1/products/1"
            catalog.script = answer_once_then_close
            assert (await gateway.ask_signed_in(path)).status == 200
            catalog.script = after_request(lambda peer: peer.close())
            assert (await gateway.ask_signed_in(path)).status == 502
            assert len(catalog.seen) == 3

    async def test_a_post_is_never_sent_twice(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            auth.script = answer_once_then_close
            statuses: Counter[int] = Counter()
            for number in range(30):
                statuses[(await gateway.ask(LOGIN, body=b"%d" % number)).status] += 1
            bodies = Counter(seen.body for seen in auth.seen if b"login" in seen.line)
            assert set(bodies.values()) == {1}
            assert statuses[502] > 0

    async def test_few_are_asked_again_at_the_same_time(self, service: RawService) -> None:
        async with Upstream(service.url, FAST) as upstream, AsyncExitStack() as tries:
            connection = await upstream.acquire()
            for _ in range(10):
                tries.enter_context(upstream.retrying(connection))
            with pytest.raises(BreakerOpen), upstream.retrying(connection):
                pass
            connection.fail(ClosedBeforeResponse())
            with pytest.raises(ClosedBeforeResponse), upstream.retrying(connection):
                pass
            upstream.release(connection)


async def answer_once_then_close(peer: Peer) -> None:
    """Answer the first request of a connection, and end it at the second."""
    await peer.request()
    await peer.answer()
    await peer.request()
    peer.close()


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
            upstream = gateway.app.proxy.upstreams[Service.CATALOG]
            clients = [asyncio.create_task(keep_asking(gateway, statuses, over)) for _ in range(8)]
            for service in pair:
                await replace_service(service)
                await until(lambda: upstream.endpoints.out == 0)
            over.set()
            await asyncio.gather(*clients)
        assert set(statuses) == {200}
        assert upstream.retries.spent + upstream.elsewhere > 0


class Draining:
    """Answers until it is to end; then says so in each answer, and closes what is idle."""

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
