"""Concurrent requests for the same page, and the one response that fails."""

import asyncio

import pytest

from gateway.cache.single_flight import FillCollector
from gateway.tests.clients import ask_and_wait, concurrent_clients, followers
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import KEPT, MARK, MarkedCatalog, read
from testing.clock import MovableClock
from testing.gateway.raw_client import connected
from testing.gateway.raw_service import Peer, RawService, after_request, keep_silent, until

pytestmark = pytest.mark.timing


class TestManyConcurrently:
    @pytest.mark.parametrize("warm", [False, True])
    @pytest.mark.parametrize("failure", ["closed", "cut", "silent"])
    async def test_a_failure_is_the_failure_of_all(
        self,
        shop: RunningGateway,
        catalog: RawService,
        clock: MovableClock,
        warm: bool,
        failure: str,
    ) -> None:
        if warm:
            await read(shop)
            clock.advance(KEPT)
        await catalog.forget()
        failed = asyncio.Event()

        async def fail(peer: Peer) -> None:
            await failed.wait()
            if failure == "cut":
                await peer.send(f"HTTP/1.1 200 OK\r\n{MARK}content-length: 9\r\n\r\nhal".encode())
            elif failure == "silent":
                await keep_silent(peer)

        catalog.script = after_request(fail)
        asked = asyncio.create_task(concurrent_clients(shop, catalog))
        await followers(shop, 9)
        failed.set()
        assert {reply.status for reply in await asked} == {504 if failure == "silent" else 502}
        assert len(catalog.seen) == 1

    async def test_no_request_waits_for_ever_for_a_response_that_drips(
        self, shop: RunningGateway, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shop.app.cached, "_timeout", 0.2)

        async def drip(peer: Peer) -> None:
            await peer.send(f"HTTP/1.1 200 OK\r\n{MARK}content-length: 1000\r\n\r\n".encode())
            while True:
                await peer.send(b"x")
                await asyncio.sleep(0.05)

        catalog.script = after_request(drip)
        async with connected(shop.port) as client:
            await ask_and_wait(client, catalog)
            assert (await read(shop)).status == 504

    async def test_a_service_that_fails_is_asked_once(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.status = "503 Service Unavailable"
        pages.gate.clear()
        asked = asyncio.create_task(concurrent_clients(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        assert {(reply.status, reply.body) for reply in await asked} == {(503, b"page 1")}
        assert len(catalog.seen) == 1
        pages.status = "200 OK"
        assert (await read(shop)).status == 200

    async def test_a_failure_is_shared_by_those_who_read_its_language(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        gate = asyncio.Event()

        async def fail(peer: Peer) -> None:
            while True:
                seen = await peer.request()
                await gate.wait()
                language = (seen.values(b"accept-language") or [b"en"])[0]
                fields = f"content-language: {language.decode()}\r\nvary: Accept-Language\r\n"
                await peer.answer(language, status="503 Service Unavailable", fields=fields)

        catalog.script = fail
        asked = [asyncio.create_task(read(shop, "accept-language: ru"))]
        await until(lambda: len(catalog.seen) == 1)
        asked += [asyncio.create_task(read(shop, *fields)) for fields in [()] * 3]
        asked += [asyncio.create_task(read(shop, "accept-language: ru")) for _ in range(3)]
        await followers(shop, 6)
        gate.set()
        replies = [await task for task in asked]
        assert [reply.body for reply in replies] == [b"ru"] + [b"en"] * 3 + [b"ru"] * 3
        assert len(catalog.seen) == 2

    async def test_an_unexpected_error_is_that_of_one(
        self, shop: RunningGateway, pages: MarkedCatalog, catalog: RawService,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        finish, calls = FillCollector.finish, []

        def fail_once(collector: FillCollector) -> object:
            calls.append(collector)
            if len(calls) == 1:
                raise RuntimeError
            return finish(collector)

        monkeypatch.setattr(FillCollector, "finish", fail_once)
        pages.gate.clear()
        asked = asyncio.create_task(concurrent_clients(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        assert sorted(reply.status for reply in await asked) == [200] * 9 + [500]
        assert len(catalog.seen) == 2
