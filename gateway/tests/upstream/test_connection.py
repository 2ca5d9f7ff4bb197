"""One connection to a service: how each failure is called, and streams both ways."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from gateway.tests.raw_exchange import GET, LIMITS, POST, begin_upload, exchange
from gateway.upstream.errors import (
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
from gateway.upstream.pool import Upstream
from testing.gateway.raw_service import (
    Peer,
    RawService,
    after_request,
    keep_silent,
    until,
)

pytestmark = pytest.mark.timing


class TestFailures:
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
            monkeypatch.setattr(type(asyncio.get_running_loop()), "create_connection", fail)
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
    async def test_no_response(
        self,
        upstream: Upstream,
        service: RawService,
        act: Callable[[Peer], Awaitable[None] | None],
        kind: type[UpstreamError],
    ) -> None:
        service.script = after_request(act)
        with pytest.raises(kind) as caught:
            await exchange(upstream, POST)
        assert (caught.value.sent, len(service.seen), upstream.taken) == (True, 1, 0)

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
            with pytest.raises(BodyCut) as caught:
                await exchange(upstream)
            assert caught.value.sent
        assert upstream.taken == 0

    async def test_a_pause_in_the_body(self, upstream: Upstream, service: RawService) -> None:
        async def pause(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
            await keep_silent(peer)

        service.script = pause
        with pytest.raises(IdleTimeout) as caught:
            await exchange(upstream)
        assert caught.value.sent


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
        await connection.wait_for_head()
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
                    await connection.wait_for_head()
        upstream.release(connection)
        assert upstream.taken == 0

    async def test_an_early_response_is_delivered_and_the_connection_dropped(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(b"too much", status="413 Content Too Large")
            await keep_silent(peer)

        service.script = refuse
        connection = await begin_upload(upstream)
        await connection.wait_for_head()
        assert (connection.response.status, await connection.read()) == (413, b"too much")
        upstream.release(connection)
        assert upstream.taken == 0

    async def test_the_clock_for_the_head_starts_when_the_request_is_sent(
        self, upstream: Upstream, service: RawService
    ) -> None:
        connection = await begin_upload(upstream)
        waiting = asyncio.ensure_future(connection.wait_for_head())
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
            await connection.wait_for_head()
        with pytest.raises(ClosedBeforeResponse):
            await connection.write(b"more")
        upstream.release(connection)

    async def test_writing_after_a_whole_response_and_an_end_fails(
        self, upstream: Upstream, service: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(status="413 Content Too Large")

        service.script = refuse
        connection = await begin_upload(upstream)
        await connection.wait_for_head()
        await service.until_open(0)
        await until(lambda: not connection.usable)
        with pytest.raises(ClosedBeforeResponse):
            await connection.write(b"more")
        assert connection.response.complete
        upstream.release(connection)
