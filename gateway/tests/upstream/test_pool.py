"""The connections to one service: what is kept, what is dropped, and who waits for whom."""

import asyncio
from dataclasses import replace

import pytest

from gateway.tests.raw_exchange import GET, LIMITS, POST, exchange
from gateway.upstream.errors import (
    ClosedBeforeResponse,
)
from gateway.upstream.pool import Upstream
from testing.gateway.raw_service import (
    Peer,
    RawService,
    after_request,
    keep_silent,
    until,
)

pytestmark = pytest.mark.timing


class TestKeeping:
    async def test_a_clean_connection_serves_again(
        self, upstream: Upstream, service: RawService
    ) -> None:
        for _ in range(3):
            assert await exchange(upstream) == b"ok"
        assert (service.accepted, upstream.idle, upstream.taken) == (1, 1, 1)

    async def test_the_last_used_serves_first(self, upstream: Upstream) -> None:
        first, second = await upstream.acquire(), await upstream.acquire()
        for connection in (first, second):
            connection.start(GET, head_only=False, complete=True)
            await connection.wait_for_head()
            assert await connection.read() == b"ok"
            upstream.release(connection)
        assert await upstream.acquire() is second
        assert await upstream.acquire() is first

    async def test_an_idle_connection_is_closed_in_time(self, service: RawService) -> None:
        async with Upstream(service.url, replace(LIMITS, keep_idle=0.05)) as upstream:
            await exchange(upstream)
            await service.until_open(0)
            assert (upstream.idle, upstream.taken) == (0, 0)

    async def test_one_that_the_service_closed_is_not_used_again(
        self, upstream: Upstream, service: RawService
    ) -> None:
        service.script = after_request(lambda peer: peer.answer())
        for _ in range(20):
            assert await exchange(upstream, POST) == b"ok"
            await service.until_open(0)
        assert service.accepted == 20

    async def test_one_that_closes_while_it_is_taken_is_replaced(
        self, upstream: Upstream, service: RawService
    ) -> None:
        await exchange(upstream)
        connection = await upstream.acquire()
        connection.start(GET, head_only=False, complete=True)
        await connection.wait_for_head()
        await connection.read()
        upstream.release(connection)
        connection.abort()
        assert await exchange(upstream) == b"ok"
        assert (service.accepted, upstream.taken) == (2, 1)

    async def test_a_response_nobody_asked_for_is_not_given_to_the_next(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def poison(peer: Peer) -> None:
            await peer.request()
            await peer.answer(b"mine")
            await asyncio.sleep(0.03)
            await peer.answer(b"POISON")
            await keep_silent(peer)

        service.script = poison
        assert await exchange(upstream) == b"mine"
        await service.until_open(0)
        assert await exchange(upstream) == b"mine"

    async def test_a_second_response_in_the_same_packet_is_not_given_to_the_next(
        self, upstream: Upstream, service: RawService
    ) -> None:
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
        service.script = after_request(lambda peer: peer.send(answer + b"mine" + answer + b"EVIL"))
        for _ in range(3):
            assert await exchange(upstream) == b"mine"
        assert service.accepted == 3

    async def test_a_body_behind_head_is_not_given_to_the_next(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def answer_with_body(peer: Peer) -> None:
            while True:
                await peer.request()
                await peer.answer(b"body")

        service.script = answer_with_body
        assert await exchange(upstream, b"HEAD / HTTP/1.1\r\n\r\n", head_only=True) == b""
        assert await exchange(upstream) == b"body"
        assert service.accepted == 2


class TestQueue:
    async def test_a_place_goes_to_the_request_that_waits(
        self, upstream: Upstream, service: RawService
    ) -> None:
        bodies = await asyncio.gather(*(exchange(upstream) for _ in range(4)))
        assert bodies == [b"ok"] * 4
        assert (service.accepted, upstream.taken) == (2, 2)

    async def test_a_dropped_connection_leaves_its_place_to_the_request_that_waits(
        self, upstream: Upstream, service: RawService
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        waiting = asyncio.ensure_future(exchange(upstream))
        await asyncio.sleep(0)
        upstream.release(held[0])
        assert await waiting == b"ok"
        upstream.release(held[1])
        assert upstream.taken == 1

    async def test_who_stops_waiting_leaves_no_trace(self, upstream: Upstream) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        waiting = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert upstream.waiting == 0
        for connection in held:
            upstream.release(connection)
        assert upstream.taken == 0

    @pytest.mark.parametrize("clean", [True, False])
    async def test_a_request_that_is_cancelled_with_its_turn_passes_it_on(
        self, upstream: Upstream, *, clean: bool
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        if clean:
            held[0].start(GET, head_only=False, complete=True)
            await held[0].wait_for_head()
            await held[0].read()
        waiting = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        upstream.release(held[0])
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert upstream.taken == 1 + clean
        upstream.release(held[1])
        assert (upstream.taken, upstream.busy) == (int(clean), 0)

    async def test_who_is_cancelled_and_passed_over_leaves_the_turn_to_the_next(
        self, upstream: Upstream
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        first = asyncio.ensure_future(upstream.acquire())
        second = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        first.cancel()
        upstream.release(held[0])
        with pytest.raises(asyncio.CancelledError):
            await first
        held[0] = await second
        for connection in held:
            upstream.release(connection)
        assert (upstream.taken, upstream.waiting, upstream.busy) == (0, 0, 0)

    async def test_a_request_that_is_cancelled_with_its_turn_passes_it_to_the_next(
        self, upstream: Upstream
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        first = asyncio.ensure_future(upstream.acquire())
        second = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        upstream.release(held[0])
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        held[0] = await second
        for connection in held:
            upstream.release(connection)
        assert (upstream.taken, upstream.waiting, upstream.busy) == (0, 0, 0)

    async def test_a_connection_lost_on_the_way_to_the_request_that_waits_is_replaced(
        self, upstream: Upstream
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        held[0].start(GET, head_only=False, complete=True)
        await held[0].wait_for_head()
        await held[0].read()
        waiting = asyncio.ensure_future(exchange(upstream))
        await asyncio.sleep(0)
        upstream.release(held[0])
        held[0].abort()
        assert await waiting == b"ok"

    async def test_cancelled_while_connecting(self, upstream: Upstream) -> None:
        connecting = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        assert upstream.taken == 0


async def test_close_fails_what_is_under_way(service: RawService) -> None:
    service.script = keep_silent
    upstream = Upstream(service.url, LIMITS)
    upstream.close()
    waiting = asyncio.ensure_future(exchange(upstream))
    await until(lambda: upstream.busy == 1)
    upstream.close()
    with pytest.raises(ClosedBeforeResponse):
        await waiting
