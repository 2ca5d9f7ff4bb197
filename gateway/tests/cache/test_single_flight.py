"""Concurrent requests for the same page: one of them is forwarded, for all."""

import asyncio

import pytest

from gateway.routes.catalog import CATALOG
from gateway.tests.clients import ask_and_wait, concurrent_clients, followers
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import KEPT, OTHER_READER, PAGE, READER, MarkedCatalog, read
from testing.clock import MovableClock
from testing.gateway.raw_client import connected, request
from testing.gateway.raw_service import Peer, RawService, until

pytestmark = pytest.mark.timing


class TestManyConcurrently:
    async def test_a_page_is_asked_for_once(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        asked = asyncio.create_task(concurrent_clients(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        replies = await asked
        assert {(reply.status, reply.body) for reply in replies} == {(200, b"page 1")}
        assert len(catalog.seen) == 1

    async def test_it_is_counted_who_asked_and_who_did_not(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        def counts() -> list[float]:
            registry = shop.app.observer.metrics.registry
            name = "vitrina_response_cache_total"
            found = (
                registry.get_sample_value(name, {"outcome": outcome})
                for outcome in ("miss", "shared", "hit", "past")
            )
            return [value or 0.0 for value in found]

        before = counts()
        pages.gate.clear()
        asked = asyncio.create_task(concurrent_clients(shop, catalog, 5))
        await followers(shop, 4)
        pages.gate.set()
        await asked
        for fields in ([], ["cache-control: no-cache"], []):
            await read(shop, *fields)
        assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 4, 2, 1]

    async def test_a_stale_page_is_validated_once(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        pages.gate.clear()
        asked = asyncio.create_task(concurrent_clients(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        replies = await asked
        assert {(reply.status, reply.body) for reply in replies} == {(200, b"page 1")}
        assert len(catalog.seen) == 2

    async def test_each_gets_the_response_to_its_own_condition(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        first = asyncio.create_task(read(shop, 'if-none-match: "1"'))
        await until(lambda: len(catalog.seen) == 1)
        second = asyncio.create_task(read(shop))
        third = asyncio.create_task(read(shop, 'if-none-match: "1"'))
        await followers(shop, 2)
        pages.gate.set()
        assert [(await task).status for task in (first, second, third)] == [304, 200, 304]

    async def test_who_began_may_leave(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        async with connected(shop.port) as client:
            await ask_and_wait(client, catalog)
            others = [asyncio.create_task(read(shop)) for _ in range(5)]
            await followers(shop, 5)
        await asyncio.sleep(0.5)  # long enough for the watch over the client
        pages.gate.set()
        assert [(await other).body for other in others] == [b"page 1"] * 5
        assert len(catalog.seen) == 1

    async def test_who_began_may_leave_the_queue_too(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        upstream = shop.app.proxy.upstreams[CATALOG]
        busy = [asyncio.create_task(read(shop, page=f"{PAGE}{n}")) for n in range(8)]
        await until(lambda: len(catalog.seen) == 8)
        async with connected(shop.port) as client:
            await client.send(request(f"GET {PAGE}", f"authorization: Bearer {READER}"))
            await until(lambda: upstream.waiting == 1)
            others = [asyncio.create_task(read(shop)) for _ in range(3)]
            await followers(shop, 3)
            before = [*shop.app.cached._fills.values()]
        await asyncio.sleep(0.05)
        assert [*shop.app.cached._fills.values()] == before  # nobody had to begin again
        pages.gate.set()
        assert {(await task).status for task in (*busy, *others)} == {200}
        assert len(catalog.seen) == 9

    async def test_nobody_is_left_waiting_when_all_have_left(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        async with connected(shop.port) as client:
            await ask_and_wait(client, catalog)
        upstream = shop.app.proxy.upstreams[CATALOG]
        async with asyncio.timeout(0.9):  # sooner than the service's time is up
            await until(lambda: not upstream.busy)
        assert not shop.app.cached._fills
        pages.gate.set()
        assert (await read(shop)).body == b"page 1"

    async def test_who_waits_may_leave(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        first = asyncio.create_task(read(shop))
        await until(lambda: len(catalog.seen) == 1)
        async with connected(shop.port) as client:
            await client.send(request(f"GET {PAGE}", f"authorization: Bearer {READER}"))
            await followers(shop, 1)
        last = asyncio.create_task(read(shop))
        await followers(shop, 2)
        pages.gate.set()
        assert [(await task).body for task in (first, last)] == [b"page 1"] * 2

    async def test_what_is_not_for_all_each_asks_for_himself_at_the_same_time(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        together = asyncio.Event()

        async def answer_when_all_are_there(peer: Peer) -> None:
            while True:
                first = not catalog.seen
                (token,) = (await peer.request()).values(b"authorization")
                if len(catalog.seen) == 5:
                    together.set()
                if first:
                    await followers(shop, 4)
                    await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 30000\r\n\r\n")
                    await together.wait()
                    await peer.send(token.ljust(30000))
                else:
                    await together.wait()
                    await peer.answer(token)

        catalog.script = answer_when_all_are_there
        replies = await concurrent_clients(shop, catalog, 5)
        own = [f"Bearer {token}".encode() for token in [READER] + [OTHER_READER] * 4]
        assert [reply.body.strip() for reply in replies] == own
