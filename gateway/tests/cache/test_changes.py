"""Changes, and what their readers get of what was kept before."""

import asyncio
import random

import pytest

from gateway.cache.proxy import FILLS
from gateway.cache.store import ResponseCache
from gateway.routes.catalog import PRODUCTS as PART
from gateway.tests.clients import followers
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import (
    KEPT,
    MANAGER,
    OTHER_READER,
    READER,
    MarkedCatalog,
    read,
    write,
)
from testing.clock import MovableClock
from testing.gateway.raw_client import connected, request
from testing.gateway.raw_service import Peer, RawService, after_request, keep_silent, until

pytestmark = pytest.mark.timing


class TestChanges:
    async def test_the_next_reader_sees_a_change_immediately(
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
        before, pages.gate = pages.gate, asyncio.Event()  # the early response stays held back
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
        for _ in range(FILLS):
            await followers(shop, 1)
            held, pages.gate = pages.gate, asyncio.Event()
            part = shop.app.cached.cache.group(PART)
            part.generation += 1  # as a change does
            seen = len(catalog.seen)
            asked.append(asyncio.create_task(read(shop)))  # the next that is waited for
            await until(lambda seen=seen: len(catalog.seen) == seen + 1)  # type: ignore[misc]
            held.set()
        await until(lambda: shop.app.cached.passed == passed + 1)
        pages.gate.set()
        assert {(await task).status for task in (waiting, *asked)} == {200}

    async def test_a_change_counts_from_the_head_of_its_response_to_the_end(
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

    async def test_no_reader_ever_gets_what_was_there_before_a_change_that_has_its_response(
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
