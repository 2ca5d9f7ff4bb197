"""Many who ask for the same at once, and changes in between."""

import asyncio
import random

import pytest

from gateway.cached_proxy import FLIGHTS
from gateway.flight import Landing
from gateway.response_cache import ResponseCache
from gateway.routes import PRODUCTS as PART
from gateway.routes import Service
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import (
    KEPT,
    MANAGER,
    MARK,
    OTHER_READER,
    PAGE,
    READER,
    MarkedCatalog,
    read,
    write,
)
from gateway.tests.raw_client import RawClient, Reply, connected, request
from gateway.tests.raw_service import Peer, RawService, after_request, keep_silent, until
from shared.testing.clock import MovableClock


async def crowd(shop: RunningGateway, catalog: RawService, size: int = 10) -> list[Reply]:
    """Let many ask at once, the first a little before the others."""
    before = len(catalog.seen)
    asked = [asyncio.create_task(read(shop))]
    await until(lambda: len(catalog.seen) > before)
    asked += [asyncio.create_task(read(shop, token=OTHER_READER)) for _ in range(size - 1)]
    return await asyncio.gather(*asked)


async def ask_and_wait(client: RawClient, catalog: RawService) -> None:
    """Begin to ask for a page that is held back."""
    before = len(catalog.seen)
    await client.send(request(f"GET {PAGE}", f"authorization: Bearer {READER}"))
    await until(lambda: len(catalog.seen) > before)


async def followers(shop: RunningGateway, count: int) -> None:
    """Wait until so many wait for flights."""
    flights = shop.app.cached._flights
    await until(lambda: sum(flight.followers for flight in flights.values()) == count)


class TestManyAtOnce:
    async def test_a_page_is_asked_for_once(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        asked = asyncio.create_task(crowd(shop, catalog))
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
        asked = asyncio.create_task(crowd(shop, catalog, 5))
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
        asked = asyncio.create_task(crowd(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        replies = await asked
        assert {(reply.status, reply.body) for reply in replies} == {(200, b"page 1")}
        assert len(catalog.seen) == 2

    async def test_each_is_answered_by_his_own_condition(
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
        upstream = shop.app.proxy.upstreams[Service.CATALOG]
        busy = [asyncio.create_task(read(shop, page=f"{PAGE}{n}")) for n in range(8)]
        await until(lambda: len(catalog.seen) == 8)
        async with connected(shop.port) as client:
            await client.send(request(f"GET {PAGE}", f"authorization: Bearer {READER}"))
            await until(lambda: upstream.waiting == 1)
            others = [asyncio.create_task(read(shop)) for _ in range(3)]
            await followers(shop, 3)
            before = [*shop.app.cached._flights.values()]
        await asyncio.sleep(0.05)
        assert [*shop.app.cached._flights.values()] == before  # nobody had to begin again
        pages.gate.set()
        assert {(await task).status for task in (*busy, *others)} == {200}
        assert len(catalog.seen) == 9

    async def test_nobody_is_left_waiting_when_all_have_left(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        async with connected(shop.port) as client:
            await ask_and_wait(client, catalog)
        upstream = shop.app.proxy.upstreams[Service.CATALOG]
        async with asyncio.timeout(0.9):  # sooner than the service's time is up
            await until(lambda: not upstream.busy)
        assert not shop.app.cached._flights
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
        asked = asyncio.create_task(crowd(shop, catalog))
        await followers(shop, 9)
        failed.set()
        assert {reply.status for reply in await asked} == {504 if failure == "silent" else 502}
        assert len(catalog.seen) == 1

    async def test_nobody_waits_for_ever_for_an_answer_that_drips(
        self, shop: RunningGateway, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shop.app.cached, "_patience", 0.2)

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
        asked = asyncio.create_task(crowd(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        assert {(reply.status, reply.body) for reply in await asked} == {(503, b"page 1")}
        assert len(catalog.seen) == 1
        pages.status = "200 OK"
        assert (await read(shop)).status == 200

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
        replies = await crowd(shop, catalog, 5)
        own = [f"Bearer {token}".encode() for token in [READER] + [OTHER_READER] * 4]
        assert [reply.body.strip() for reply in replies] == own

    async def test_an_unexpected_error_is_that_of_one(
        self, shop: RunningGateway, pages: MarkedCatalog, catalog: RawService,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        finish, calls = Landing.finish, []

        def fail_once(landing: Landing) -> object:
            calls.append(landing)
            if len(calls) == 1:
                raise RuntimeError
            return finish(landing)

        monkeypatch.setattr(Landing, "finish", fail_once)
        pages.gate.clear()
        asked = asyncio.create_task(crowd(shop, catalog))
        await followers(shop, 9)
        pages.gate.set()
        assert sorted(reply.status for reply in await asked) == [200] * 9 + [500]
        assert len(catalog.seen) == 2


class TestChanges:
    async def test_the_next_reader_sees_a_change_at_once(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        for token in (READER, MANAGER):
            assert (await read(shop, token=token)).body == b"page 1"
        assert (await write(shop)).status == 200
        for token in (READER, MANAGER):
            assert (await read(shop, token=token)).body == b"page 2"
            assert (await read(shop, token=token)).values(b"age") == [b"0"]

    async def test_what_did_not_change_is_validated(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        await read(shop)
        await write(shop)
        pages.version = 1
        assert (await read(shop)).body == b"page 1"
        assert catalog.seen[-1].values(b"if-none-match") == [b'"1"']

    @pytest.mark.parametrize("status", ["403 No", "404 No", "409 No", "422 No"])
    async def test_a_refused_change_outdates_nothing(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, status: str
    ) -> None:
        await read(shop)
        pages.status = status
        assert (await write(shop)).status == int(status[:3])
        assert (await read(shop)).values(b"age") == [b"0"]

    @pytest.mark.parametrize("failure", ["500", "closed", "silent", "left"])
    async def test_a_change_that_may_have_happened_outdates_the_page(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, failure: str
    ) -> None:
        await read(shop)
        await catalog.forget()

        async def fail(peer: Peer) -> None:
            if failure == "500":
                await peer.answer(status="500 No")
            elif failure in {"silent", "left"}:
                await keep_silent(peer)

        catalog.script = after_request(fail)
        if failure == "left":
            async with connected(shop.port) as client:
                fields = f"authorization: Bearer {MANAGER}", "content-length: 0"
                await client.send(request("PATCH /api/v1/products/1", *fields))
                await catalog.until_open(1)
            await catalog.until_open(0)
        else:
            assert (await write(shop)).status >= 500
        await catalog.forget()
        catalog.script, pages.version = pages, 2
        assert (await read(shop)).body == b"page 2"

    async def test_a_change_that_was_never_sent_outdates_nothing(
        self, shop: RunningGateway, pages: MarkedCatalog
    ) -> None:
        await read(shop)
        fields = f"authorization: Bearer {MANAGER}", "content-length: 9999999"
        assert (await shop.ask("PATCH /api/v1/products/1", *fields)).status == 413
        assert (await read(shop)).values(b"age") == [b"0"]

    async def test_who_asked_before_a_change_brings_nothing_to_those_who_ask_after(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.gate.clear()
        early = asyncio.create_task(read(shop))
        await until(lambda: len(catalog.seen) == 1)  # what it will get is decided
        beside = asyncio.create_task(read(shop))
        await followers(shop, 1)
        before, pages.gate = pages.gate, asyncio.Event()  # the early answer stays held back
        pages.gate.set()
        assert (await write(shop)).status == 200
        assert (await read(shop)).body == b"page 2"
        known = len(catalog.seen)
        before.set()
        assert (await early).body == b"page 1"
        assert (await beside).body == b"page 2"
        assert (await read(shop)).body == b"page 2"
        assert len(catalog.seen) == known  # nor has it taken the place of what was kept after

    async def test_who_waits_while_changes_do_not_end_asks_for_himself(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        passed = shop.app.cached.passed
        pages.gate.clear()
        asked = [asyncio.create_task(read(shop))]
        await until(lambda: len(catalog.seen) == 1)
        waiting = asyncio.create_task(read(shop))
        for _ in range(FLIGHTS):
            await followers(shop, 1)
            held, pages.gate = pages.gate, asyncio.Event()
            part = shop.app.cached.cache.part(PART)
            part.generation += 1  # as a change does
            seen = len(catalog.seen)
            asked.append(asyncio.create_task(read(shop)))  # the next that is waited for
            await until(lambda seen=seen: len(catalog.seen) == seen + 1)  # type: ignore[misc]
            held.set()
        await until(lambda: shop.app.cached.passed == passed + 1)
        pages.gate.set()
        assert {(await task).status for task in (waiting, *asked)} == {200}

    async def test_a_change_counts_from_the_head_of_its_answer_to_the_end(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        await read(shop)
        await catalog.forget()
        go_on = asyncio.Event()

        async def change_piece_by_piece(peer: Peer) -> None:
            pages.version = 2
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
            await go_on.wait()
            pages.version = 3
            await peer.send(b"1\r\nb\r\n0\r\n\r\n")

        catalog.script = after_request(change_piece_by_piece)
        async with connected(shop.port) as client:
            fields = f"authorization: Bearer {MANAGER}", "content-length: 0"
            await client.send(request("PATCH /api/v1/products/1", *fields))
            await client.reader.readuntil(b"a")
            catalog.script = pages
            assert (await read(shop)).body == b"page 2"
            go_on.set()
            await client.reader.readuntil(b"0\r\n\r\n")
        assert (await read(shop)).body == b"page 3"

    async def test_another_gateway_sees_a_change_when_the_page_is_too_old(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        pages.version = 2  # by way of another
        clock.advance(KEPT)
        assert (await read(shop)).body == b"page 2"

    async def test_no_reader_ever_gets_what_was_there_before_a_change_he_could_know_of(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        chance = random.Random(7)
        done = 0

        async def reader() -> None:
            for _ in range(60):
                known = done
                reply = await read(shop, token=chance.choice((READER, OTHER_READER)))
                assert int(reply.body.split()[1]) >= known
                await asyncio.sleep(chance.random() * 0.004)

        async def writer() -> None:
            nonlocal done
            for _ in range(60):
                version = pages.version + 1
                assert (await write(shop)).status == 200
                done = max(done, version)
                await asyncio.sleep(chance.random() * 0.01)

        await asyncio.gather(*(reader() for _ in range(8)), writer())
        reads = sum(seen.line.startswith(b"GET") for seen in catalog.seen)
        assert reads < 8 * 60  # else nothing was kept
        assert isinstance(shop.app.cached.cache, ResponseCache)
