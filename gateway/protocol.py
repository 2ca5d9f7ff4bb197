"""The protocol that meets clients: HTTP/1.1, stricter where RFC 9112 asks it of a proxy.

It takes the place of uvicorn's own below uvicorn's server, which accepts connections, keeps the
date and ends the process. Requests of one connection are served one after the other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from math import inf
from typing import Any, Final, Protocol, Self, cast

import httptools
from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.client_exchange import ClientExchange
from gateway.deadlines import Deadlines
from gateway.errors import RequestTimeout
from shared.http_protocol import BAD_REQUEST, GOODBYE, head_without_wish, refusal

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""

LINGER: Final = 2.0
"""Seconds that a client has to read its answer before the connection is cut."""

DISCARDED: Final = 1024 * 1024
"""Bytes that it may still send of a request that is answered."""

_TIMEOUT: Final = refusal(RequestTimeout())

logger = logging.getLogger(__name__)


class Application(Protocol):
    """What is served."""

    def begin(self, client: ClientExchange) -> None:
        """Answer a request, now or later; whatever happens is an answer."""


class GatewayProtocol(asyncio.Protocol):
    """Keeps the target as it came, bounds the head in size and time, and drops trailers.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused. What stands between the pieces of a body is bounded like a head.
    A wish for another protocol is not granted (RFC 9110 section 7.8).
    """

    head_timeout = 10.0
    """Seconds to the end of a head: of the first after the connection is made, of others after
    they begin."""

    client_timeout = 30.0
    """Seconds that a client may leave what is sent to it unread."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._app = cast(Application, config.loaded_app)
        self.state = app_state
        self._server = server_state
        self._idle_timeout = config.timeout_keep_alive
        self._loop = _loop or asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._parser = self._new_parser()
        self.peer: tuple[str, int] | None = None
        # The head that is being read, and what it belongs to
        self._target = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._in_head = False
        self._head_size = 0  # at most: the pieces that the head came in may hold more
        self._framing = 0  # bytes since the last piece of a body: sizes, extensions, trailers
        self._broken = False  # nothing that comes makes sense any more
        # The exchanges: whose request is coming in, who is being answered, who waits for that
        self._incoming: ClientExchange | None = None
        self._current: ClientExchange | None = None
        self._waiting: deque[ClientExchange] = deque()
        self._beginning = False
        self._discarded = 0  # bytes of a body behind its answer
        # How it flows, and how long it may take
        self._reading_paused = False
        self._writable: asyncio.Future[None] | None = None  # while the client does not read
        self._said_goodbye = False
        self._awaits_head = False
        self._deadlines = Deadlines(self._loop, unread=self._give_up, unwritten=self._abort)

    @classmethod
    def within(cls, head_timeout: timedelta, client_timeout: timedelta) -> type[Self]:
        """Return the protocol with other times."""
        times = {
            "head_timeout": head_timeout.total_seconds(),
            "client_timeout": client_timeout.total_seconds(),
        }
        return type(cls.__name__, (cls,), times)

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.peer = transport.get_extra_info("peername")
        self._server.connections.add(self)  # type: ignore[arg-type]
        self._deadlines.read_within(self.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - all ends are one
        self._server.connections.discard(self)
        self._broken = True
        self._deadlines.stop()
        self._waiting.clear()
        if self._current is not None:
            self._current.lose()
        self._resume_writers()
        self._current = self._incoming = self._parser = None  # all three refer back to this

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse what is too long and no body, finished or not."""
        if self._broken:
            return
        incoming = self._incoming
        self._head_size = self._head_size + len(data) if self._in_head else len(data)
        if incoming is not None:
            self._framing += len(data)
            if incoming.complete:
                self._discard(len(data))
        try:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as wish:
                self._go_on(memoryview(data)[wish.args[0] :])
        except httptools.HttpParserError:
            logger.warning("invalid request")
            self._break()
            return
        if self._in_head:
            if self._head_size > HEAD_LIMIT:
                self._break()
                return
        elif self._incoming is not None and self._framing > HEAD_LIMIT:
            self._break()
            return
        self._begin_next()
        if not self._awaits_head and (self._in_head or self._is_idle):
            self._awaits_head = True
            self._deadlines.read_within(self.head_timeout)

    def eof_received(self) -> None:
        pass

    def pause_writing(self) -> None:
        """Give a client that does not read some time to do so."""
        self._writable = self._loop.create_future()
        self._deadlines.write_within(self.client_timeout)

    def resume_writing(self) -> None:
        """Go on."""
        self._deadlines.write_within(inf)
        self._resume_writers()
        self._begin_next()

    # -- httptools

    def on_message_begin(self) -> None:
        self._in_head = True
        self._target, self._fields = b"", []

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # else it is a trailer
            self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        target = self._target
        if self._head_size > HEAD_LIMIT and self._exact_head_size() > HEAD_LIMIT:
            raise ValueError("a head over the limit")
        if not target.startswith(b"/") or b"#" in target:
            raise ValueError("a request target that is not in origin form")
        method = parser.get_method().decode("ascii")
        if method == "CONNECT":
            raise ValueError("a wish that is no request of a resource")
        if parser.should_upgrade():
            return  # the same comes again, without the wish
        self._in_head = False
        self._awaits_head = False
        self._deadlines.read_within(inf)
        modern = parser.get_http_version() == "1.1"
        fields = self._fields
        self._incoming = ClientExchange(
            self,
            method,
            target,
            fields,
            modern=modern,
            keep_alive=modern and parser.should_keep_alive(),
            expects_continue=modern and _expects_continue(fields),
        )
        self._framing = 0
        self._waiting.append(self._incoming)

    def on_body(self, body: bytes) -> None:
        self._framing = 0
        if self._incoming is not None and self._incoming.take_in(body):
            self._pause_reading()

    def on_message_complete(self) -> None:
        incoming, self._incoming = self._incoming, None
        if incoming is None:
            return  # a head that comes again
        self._discarded = 0
        incoming.end_request()
        if self._said_goodbye:
            self._transport.close()
        else:
            self._begin_next()

    # -- client_exchange.Line

    @property
    def common(self) -> tuple[bytes, bool]:
        return _common(self._server.default_headers)

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    async def drain(self) -> None:
        while self._writable is not None:
            await asyncio.shield(self._writable)

    def read_on(self) -> None:
        if not self._waiting:
            self._resume_reading()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    def answered(self, exchange: ClientExchange) -> None:
        self._server.total_requests += 1
        if not exchange.keep_alive:
            self.close()
        elif self._waiting:
            self._begin_next()
        elif self._broken:
            self._refuse()
        elif not self._transport.is_closing():
            self._resume_reading()
            self._awaits_head = False
            self._deadlines.read_within(self._idle_timeout)

    # -- uvicorn.Server

    def shutdown(self) -> None:
        """End the connection; an idle one after a while, in which a last request may come.

        It is answered with `Connection: close`, where closing at once would lose it.
        """
        if self._is_idle:
            self._loop.call_later(GOODBYE, self._end_soon)
        else:
            self._end_soon()

    def _end_soon(self) -> None:
        if self._is_idle:
            self._transport.close()
        elif self._current is not None:
            self._current.keep_alive = False

    # -- one after the other

    @property
    def _is_idle(self) -> bool:
        """Nobody waits for an answer."""
        return not self._waiting and (self._current is None or self._current.complete)

    def _begin_next(self) -> None:
        """Begin with those whose turn it is; nothing more is read while somebody waits for his."""
        if self._beginning:
            return
        self._beginning = True
        while self._waiting and self._writable is None and not self._transport.is_closing():
            if self._current is not None and not self._current.complete:
                break
            self._current = self._waiting.popleft()
            self._app.begin(self._current)
        self._beginning = False
        if self._waiting:
            self._pause_reading()
        elif self._broken and self._is_idle:
            self._refuse()

    # -- what makes no sense

    def _break(self) -> None:
        """Read nothing more; answer what is whole, then refuse what is not (see `_refuse`)."""
        self._broken = True
        incoming, self._incoming = self._incoming, None
        if incoming is None:
            self._begin_next()
        elif incoming in self._waiting:
            self._waiting.remove(incoming)
            self._begin_next()
        elif incoming.complete:
            self._refuse()
        elif incoming.status:
            self._transport.close()  # the answer is seen not to be whole
        else:
            incoming.lose()  # this is the answer, whatever the application says
            self._refuse()

    def _refuse(self, answer: bytes = BAD_REQUEST) -> None:
        """Say what is wrong, and read nothing more."""
        self._broken = True
        if not (self._said_goodbye or self._transport.is_closing()):
            self._transport.write(answer)
            self._say_goodbye()

    def _go_on(self, rest: memoryview) -> None:
        """Feed the parser the head that stopped it, without the wish, and what came behind it."""
        while True:
            head = head_without_wish(self._parser, self._target, self._fields)
            self._parser = self._new_parser()
            self._parser.feed_data(head)
            try:
                self._parser.feed_data(rest)
            except httptools.HttpParserUpgrade as wish:
                rest = rest[wish.args[0] :]
            else:
                return

    def _new_parser(self) -> Any:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)  # pipelined, answered first
        return parser

    def _exact_head_size(self) -> int:
        return len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._fields)

    # -- how it ends

    def close(self) -> None:
        """Close; where a body is still on its way, only once its sender can have read the answer.

        What is unread when a connection is closed makes the other side forget what it was sent.
        """
        if self._incoming is None or self._transport.is_closing():
            self._transport.close()
        elif not self._said_goodbye:
            self._say_goodbye()

    def _say_goodbye(self) -> None:
        self._said_goodbye = True
        self._deadlines.read_within(inf)
        self._transport.write_eof()
        self._resume_reading()
        self._deadlines.write_within(LINGER)

    def _abort(self) -> None:
        self._transport.abort()

    def _discard(self, size: int) -> None:
        """Take in what nobody will read, but not all of it."""
        self._discarded += size
        if self._discarded > DISCARDED:
            self.close()

    # -- flow

    def _pause_reading(self) -> None:
        if not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()

    def _resume_writers(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def _give_up(self) -> None:
        """Close, unless it is the client that waits: for the answers to what it asked before."""
        if not self._is_idle:
            self._deadlines.read_within(self.head_timeout)
        elif self._in_head:
            self._refuse(_TIMEOUT)
        else:
            self._transport.close()


def _expects_continue(fields: Sequence[tuple[bytes, bytes]]) -> bool:
    return any(name == b"expect" and value.lower() == b"100-continue" for name, value in fields)


class _Common:
    """The fields of every answer as they go out, written once for each list of them."""

    def __init__(self) -> None:
        self._fields: list[tuple[bytes, bytes]] | None = None
        self._written = (b"", False)

    def __call__(self, fields: list[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
        if fields is not self._fields:
            lines = b"".join(b"%b: %b\r\n" % field for field in fields)
            self._fields, self._written = fields, (lines, (b"connection", b"close") in fields)
        return self._written


_common = _Common()
