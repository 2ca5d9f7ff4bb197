"""The connections to one service: what is kept, what is dropped, how each failure is called."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from gateway.connection import Connection
from gateway.tests.raw_service import Peer, RawService, raw_service
from gateway.upstream import Limits, Upstream
from gateway.upstream_errors import (
    BadResponse,
    BodyCut,
    ClosedBeforeResponse,
    ConnectFailed,
    ConnectTimeout,
    IdleTimeout,
    NameUnresolved,
    QueueFull,
    QueueTimeout,
    ResponseTimeout,
    UpstreamError,
    WriteTimeout,
)

LIMITS = Limits(
    connect_timeout=0.3,
    response_timeout=0.3,
    idle_timeout=0.3,
    write_timeout=0.3,
    max_connections=2,
    queue_size=2,
    queue_timeout=0.3,
    keep_idle=5.0,
    tick=0.02,
)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello"


@pytest.fixture
async def service() -> AsyncIterator[RawService]:
    async with raw_service() as service:
        yield service


@pytest.fixture
async def upstream(service: RawService) -> AsyncIterator[Upstream]:
    async with Upstream(service.url, LIMITS) as upstream:
        yield upstream


async def exchange(upstream: Upstream, data: bytes = GET, *, head_only: bool = False) -> bytes:
    """Send one request and return the whole body of its answer."""
    connection = await upstream.acquire()
    try:
        connection.start(data, head_only=head_only, complete=True)
        await connection.response()
        body = b""
        while piece := await connection.read():
            body += piece
        return body
    finally:
        upstream.release(connection)


def after_request(
    act: Callable[[Peer], Awaitable[None] | None],
) -> Callable[[Peer], Awaitable[None]]:
    """Return a script that reads one request and then does `act`."""

    async def script(peer: Peer) -> None:
        await peer.request()
        done = act(peer)
        if done is not None:
            await done

    return script


async def keep_silent(peer: Peer) -> None:
    """Take everything and say nothing."""
    while await peer.reader.read(65536):
        pass


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
            await connection.response()
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
        await connection.response()
        await connection.read()
        upstream.release(connection)
        connection.abort()
        assert await exchange(upstream) == b"ok"
        assert (service.accepted, upstream.taken) == (2, 1)

    async def test_an_answer_nobody_asked_for_is_not_given_to_the_next(
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

    async def test_a_second_answer_in_the_same_packet_is_not_given_to_the_next(
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


class TestFailures:
    @pytest.mark.parametrize("kind", [BadResponse, BodyCut, ClosedBeforeResponse, IdleTimeout,
                                      ResponseTimeout, WriteTimeout])  # fmt: skip
    def test_what_may_have_been_sent(self, kind: type[UpstreamError]) -> None:
        assert kind.sent

    async def test_refused(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            async with Upstream(f"http://127.0.0.1:{taken.getsockname()[1]}", LIMITS) as upstream:
                with pytest.raises(ConnectFailed) as caught:
                    await upstream.acquire()
                assert (caught.value.sent, upstream.taken) == (False, 0)

    async def test_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")

        async with Upstream("http://nowhere.invalid", LIMITS) as upstream:
            monkeypatch.setattr(uvloop_loop(), "create_connection", fail)
            with pytest.raises(NameUnresolved) as caught:
                await upstream.acquire()
            assert (caught.value.sent, upstream.taken) == (False, 0)

    async def test_no_connection_in_time(self) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            address = full.getsockname()
            with socket.socket() as filler, socket.socket() as second:
                for blocker in (filler, second):
                    blocker.setblocking(False)
                    blocker.connect_ex(address)
                async with Upstream(f"http://127.0.0.1:{address[1]}", LIMITS) as upstream:
                    with pytest.raises(ConnectTimeout) as caught:
                        await upstream.acquire()
                    assert (caught.value.sent, upstream.taken) == (False, 0)

    async def test_every_place_taken(self, upstream: Upstream) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        waiting = [asyncio.ensure_future(upstream.acquire()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull) as full:
            await upstream.acquire()
        late = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(error) for error in late] == [QueueTimeout, QueueTimeout]
        assert not full.value.sent
        assert not QueueTimeout.sent
        for connection in held:
            upstream.release(connection)
        assert (upstream.taken, upstream.waiting) == (0, 0)

    @pytest.mark.parametrize(
        ("act", "kind"),
        [
            (lambda peer: peer.close(), ClosedBeforeResponse),
            (lambda peer: peer.reset(), ClosedBeforeResponse),
            (lambda peer: peer.send(b"HTTP/1.1 200 OK\r\ncontent-le"), BadResponse),
            (lambda peer: peer.send(b"SSH-2.0-OpenSSH_9.2\r\n"), BadResponse),
            (lambda peer: peer.answer(status="200 OK\r\ncontent-length: 1"), BadResponse),
            (keep_silent, ResponseTimeout),
        ],
    )
    async def test_no_answer(
        self,
        upstream: Upstream,
        service: RawService,
        act: Callable[[Peer], Awaitable[None] | None],
        kind: type[UpstreamError],
    ) -> None:
        service.script = after_request(act)
        with pytest.raises(kind):
            await exchange(upstream, POST)
        assert (len(service.seen), upstream.taken) == (1, 0)

    @pytest.mark.parametrize(
        "beginning",
        [
            b"content-length: 9\r\n\r\npart",
            b"transfer-encoding: chunked\r\n\r\n4\r\npart\r\n",
            b"\r\npart",
        ],
    )
    @pytest.mark.parametrize("end", ["close", "reset"])
    async def test_a_cut_body(
        self, upstream: Upstream, service: RawService, beginning: bytes, end: str
    ) -> None:
        async def cut(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\n" + beginning)
            await asyncio.sleep(0.05)
            getattr(peer, end)()

        service.script = cut
        if beginning == b"\r\npart" and end == "close":
            assert await exchange(upstream) == b"part"
        else:
            with pytest.raises(BodyCut):
                await exchange(upstream)
        assert upstream.taken == 0

    async def test_a_pause_in_the_body(self, upstream: Upstream, service: RawService) -> None:
        async def pause(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
            await keep_silent(peer)

        service.script = pause
        with pytest.raises(IdleTimeout):
            await exchange(upstream)

    async def test_a_bad_chunk(self, upstream: Upstream, service: RawService) -> None:
        async def spoil(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
            await asyncio.sleep(0.02)
            await peer.send(b"zz\r\n")

        service.script = spoil
        with pytest.raises(BadResponse):
            await exchange(upstream)


def uvloop_loop() -> type[asyncio.AbstractEventLoop]:
    """Return the class of the running loop."""
    return type(asyncio.get_running_loop())


class TestQueue:
    async def test_a_place_goes_to_whoever_waits(
        self, upstream: Upstream, service: RawService
    ) -> None:
        bodies = await asyncio.gather(*(exchange(upstream) for _ in range(4)))
        assert bodies == [b"ok"] * 4
        assert (service.accepted, upstream.taken) == (2, 2)

    async def test_a_dropped_connection_leaves_its_place_to_whoever_waits(
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
    async def test_who_is_cancelled_with_his_turn_in_hand_passes_it_on(
        self, upstream: Upstream, *, clean: bool
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        if clean:
            held[0].start(GET, head_only=False, complete=True)
            await held[0].response()
            await held[0].read()
        waiting = asyncio.ensure_future(upstream.acquire())
        await asyncio.sleep(0)
        upstream.release(held[0])
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert upstream.taken == 1 + clean
        upstream.release(held[1])
        assert (upstream.taken, upstream.busy) == (int(clean), 0)

    async def test_a_connection_lost_on_the_way_to_whoever_waits_is_replaced(
        self, upstream: Upstream
    ) -> None:
        held = [await upstream.acquire(), await upstream.acquire()]
        held[0].start(GET, head_only=False, complete=True)
        await held[0].response()
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


class TestStreaming:
    async def test_a_slow_reader_makes_the_service_pause(
        self, upstream: Upstream, service: RawService
    ) -> None:
        sent = 0
        total = 64 * 1024 * 1024

        async def pour(peer: Peer) -> None:
            nonlocal sent
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % total)
            while sent < total:
                await peer.send(b"x" * 65536)
                sent += 65536
            await keep_silent(peer)

        service.script = pour
        connection = await upstream.acquire()
        connection.start(GET, head_only=False, complete=True)
        await connection.response()
        await asyncio.sleep(0.5)  # longer than the idle limit, whose clock must not run now
        stuck_at = sent
        assert stuck_at < total / 2
        received = 0
        while piece := await connection.read():
            received += len(piece)
        assert (received, sent) == (total, total)
        upstream.release(connection)
        assert upstream.idle == 1

    async def test_a_service_that_stops_reading_is_given_up(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def stop_reading(peer: Peer) -> None:
            await peer.head()
            await asyncio.sleep(10)

        service.script = stop_reading
        connection = await begin_upload(upstream)
        with pytest.raises(WriteTimeout):
            while True:
                await connection.write(b"x" * 65536)
                if not connection.usable:
                    await connection.response()
        upstream.release(connection)
        assert upstream.taken == 0

    async def test_an_early_answer_is_delivered_and_the_connection_dropped(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(b"too much", status="413 Content Too Large")
            await keep_silent(peer)

        service.script = refuse
        connection = await begin_upload(upstream)
        await connection.response()
        assert (connection.answer.status, await connection.read()) == (413, b"too much")
        upstream.release(connection)
        assert upstream.taken == 0

    async def test_the_clock_for_the_head_starts_when_the_request_is_sent(
        self, upstream: Upstream, service: RawService
    ) -> None:
        connection = await begin_upload(upstream)
        waiting = asyncio.ensure_future(connection.response())
        await asyncio.sleep(0.5)  # longer than the limit
        await connection.write(b"0\r\n\r\n")
        connection.finish()
        await waiting
        assert await connection.read() == b"ok"
        upstream.release(connection)
        assert upstream.idle == 1

    async def test_writing_to_a_closed_connection_fails(
        self, upstream: Upstream, service: RawService
    ) -> None:
        service.script = lambda peer: peer.head()  # type: ignore[assignment, return-value]
        connection = await begin_upload(upstream)
        with pytest.raises(ClosedBeforeResponse):
            await connection.response()
        with pytest.raises(ClosedBeforeResponse):
            await connection.write(b"more")
        upstream.release(connection)

    async def test_writing_after_a_whole_answer_and_an_end_fails(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(status="413 Content Too Large")

        service.script = refuse
        connection = await begin_upload(upstream)
        await connection.response()
        await service.until_open(0)
        await until(lambda: not connection.usable)
        with pytest.raises(ClosedBeforeResponse):
            await connection.write(b"more")
        assert connection.answer.complete
        upstream.release(connection)


async def begin_upload(upstream: Upstream) -> Connection:
    """Send the head of a chunked request."""
    connection = await upstream.acquire()
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    connection.start(head, head_only=False, complete=False)
    return connection


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the loop has brought the condition about, for at most five seconds."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_close_fails_what_is_under_way(service: RawService) -> None:
    service.script = keep_silent
    upstream = Upstream(service.url, LIMITS)
    upstream.close()
    waiting = asyncio.ensure_future(exchange(upstream))
    await until(lambda: upstream.busy == 1)
    upstream.close()
    with pytest.raises(ClosedBeforeResponse):
        await waiting
