"""The connection to a client: what is sent to it, how it flows, and how long that may take."""

import asyncio
from collections.abc import Coroutine
from math import inf
from typing import Any, Final, cast

from uvicorn.server import ServerState

from gateway.headers import Fields
from gateway.server.deadlines import Deadlines

LINGER: Final = 2.0
"""Seconds that a client has to read its last response, once that has left, and to close."""

DISCARDED: Final = 1024 * 1024
"""Bytes that are taken in meanwhile; more of them cut the connection."""


class ClientConnection(asyncio.Protocol):
    """What there is of `exchange.ExchangeConnection` without knowing of requests."""

    client_timeout = 30.0
    """Seconds that a client may leave what is sent to it unread."""

    def __init__(
        self,
        server_state: ServerState,
        app_state: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """`server_state` is uvicorn's; `app_state` is the state of the lifespan."""
        self.state = app_state
        self.peer: tuple[str, int] | None = None
        self._server = server_state
        self._loop = loop
        self._transport: asyncio.Transport
        self._reading_paused = False
        self._writable: asyncio.Future[None] | None = None  # while the client does not read
        self._closing = False
        self._discarded = 0  # bytes that came afterwards
        self._deadlines = Deadlines(loop, unread=self._give_up, unwritten=self._abort)

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.peer = transport.get_extra_info("peername")
        self._server.connections.add(self)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - all ends are one
        """Wake all that wait."""
        self._server.connections.discard(self)
        self._deadlines.stop()
        self._resume_writers()

    def eof_received(self) -> None:
        """Leave it to the transport, which closes."""

    def pause_writing(self) -> None:
        """Give a client that does not read some time to do so."""
        self._writable = self._loop.create_future()
        self._deadlines.write_within(self.client_timeout)

    def resume_writing(self) -> None:
        """Go on."""
        self._deadlines.write_within(LINGER if self._closing else inf)
        self._resume_writers()

    # -- exchange.ExchangeConnection

    @property
    def common(self) -> tuple[bytes, bool]:
        """The fields of every response as they go out, and whether they end the connection."""
        return _common(self._server.default_headers)

    def write(self, data: bytes) -> None:
        """Send `data`, or keep it until the client reads."""
        if not self._transport.is_closing():
            self._transport.write(data)

    async def drain(self) -> None:
        """Wait while the client does not read."""
        while self._writable is not None:
            await asyncio.shield(self._writable)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it in a task, which the end of the process waits for."""
        task = self._loop.create_task(work)
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    # -- flow

    def pause_reading(self) -> None:
        """Let nothing more come for now."""
        if not (self._reading_paused or self._closing):
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

    # -- how it ends

    def _begin_closing(self) -> None:
        """Send nothing more, and take in what comes until the client has closed, or is late.

        What is unread when a connection is closed makes the other side forget what it was sent.
        """
        self._closing = True
        self._deadlines.read_within(inf)
        self._transport.write_eof()
        self._resume_reading()
        if self._writable is None:
            self._deadlines.write_within(LINGER)

    def _discard(self, size: int) -> None:
        """Take in what comes after the last response, but not all of it."""
        self._discarded += size
        if self._discarded > DISCARDED:
            self._abort()

    def _give_up(self) -> None:
        """Nothing has come in time."""
        self._transport.close()

    def _abort(self) -> None:
        self._transport.abort()


class _Common:
    """The fields of every response as they go out, written once for each list of them."""

    def __init__(self) -> None:
        self._fields: Fields | None = None
        self._written = (b"", False)

    def __call__(self, fields: Fields) -> tuple[bytes, bool]:
        if fields is not self._fields:
            lines = b"".join(b"%b: %b\r\n" % field for field in fields)
            self._fields, self._written = fields, (lines, (b"connection", b"close") in fields)
        return self._written


_common = _Common()
