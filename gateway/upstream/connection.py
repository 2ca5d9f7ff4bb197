"""One HTTP/1.1 connection to a service, for one exchange at a time.

The order of calls: `start()`, then `write()` for each further piece of the body and `finish()`,
`wait_for_head()`, `read()` until it returns `b""`. Sending and reading may overlap, as a service
may respond before it has read everything. Nothing is repeated, decoded or changed.
"""

import asyncio
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, cast

from gateway.upstream.errors import (
    BadResponse,
    ClosedBeforeResponse,
    IdleTimeout,
    ResponseTimeout,
    TotalTimeout,
    WriteTimeout,
)
from gateway.upstream.limits import Timeouts
from gateway.upstream.response_parser import UpstreamResponse

if TYPE_CHECKING:
    from gateway.upstream.endpoints import Endpoint

HIGH_WATER = 128 * 1024
"""Bytes of body that may wait for the client before the service is made to pause."""


class Connection(asyncio.Protocol):
    """`response` has status and headers once `wait_for_head()` has returned."""

    def __init__(
        self,
        timeouts: Timeouts,
        when_lost: Callable[["Connection"], None],
        endpoint: "Endpoint",
    ) -> None:
        self.response = UpstreamResponse(head_only=True)
        self.watch: Callable[[], None] | None = None  # called once, if an exchange takes two ticks
        self.endpoint = endpoint
        self.reused = False  # for more than one exchange
        self.idle_since = 0.0  # of loop.time(), written by the pool
        self._loop = asyncio.get_running_loop()
        self._timeouts = timeouts
        self._response_timeout = timeouts.response_timeout
        self._when_lost = when_lost
        self._transport: asyncio.Transport
        self._under_way = False
        self._request_complete = True
        self._closed = False
        self._error: Exception | None = None
        self._write_paused = self._read_paused = False
        self._call: Callable[[], None] | None = None
        self._ticks = 0  # since the exchange began
        self._drained: asyncio.Future[None] | None = None
        self._read_deadline = self._write_deadline = inf
        self._total_deadline = 0.0  # set by the first tick of an exchange

    def start(
        self,
        data: bytes,
        *,
        head_only: bool,
        complete: bool,
        response_timeout: float | None = None,
    ) -> None:
        """Send the head and what is there of the body; `complete` if that is the whole request.

        `head_only`: the response will have no body whatever its headers say. `response_timeout`:
        seconds for this response, where they are not those of all.
        """
        self._response_timeout = response_timeout or self._timeouts.response_timeout
        self.response = UpstreamResponse(head_only=head_only)
        self._under_way = True
        self._total_deadline = 0.0
        self._request_complete = complete
        self._ticks = 0
        self._transport.write(data)

    def on_ready(self, call: Callable[[], None], seconds: float) -> None:
        """Have `call` called once: when more of the response has come, or none will in time."""
        self._call = call
        self._read_deadline = self._loop.time() + seconds

    def on_response(self, call: Callable[[], None]) -> None:
        """Have `call` called once: when the response begins, or it does not in its time."""
        self.on_ready(call, self._response_timeout if self._request_complete else inf)

    def ignore(self) -> None:
        """Forget what was to be called."""
        self._call, self._read_deadline = None, inf

    async def write(self, data: bytes) -> None:
        """Send a piece of the request's body; waits while the service does not read."""
        if self._closed or self._error is not None:
            raise self._error or ClosedBeforeResponse
        self._transport.write(data)
        if self._write_paused:
            self._write_deadline = self._loop.time() + self._timeouts.write_timeout
            self._drained = self._loop.create_future()
            try:
                await self._drained
            finally:
                self._drained, self._write_deadline = None, inf

    def finish(self) -> None:
        """Say that the request is sent; the clock for the head of the response starts."""
        self._request_complete = True
        if self._call is not None and not self.response.status:
            self._read_deadline = self._loop.time() + self._response_timeout

    async def wait_for_head(self) -> None:
        """Wait for the head of the response; raises what UpstreamError lists as perhaps sent."""
        while not self.response.status:
            if self._error is not None:
                raise self._error
            await self._wait(self._response_timeout if self._request_complete else inf)

    async def read(self) -> bytes:
        """Return what has come of the body, waiting for at least one byte; `b""` at its end."""
        while not self.response.waiting:
            if self._error is not None:
                raise self._error
            if self.response.complete:
                return b""
            await self._wait(self._timeouts.idle_timeout)
        self._resume_reading()
        return self.response.take()

    @property
    def error(self) -> Exception | None:
        """What ended the exchange, or the connection, before the response was complete."""
        return self._error

    @property
    def reusable(self) -> bool:
        """Both messages ended where they should and the service keeps the connection open."""
        return self.response.clean and self._request_complete and self.usable

    @property
    def usable(self) -> bool:
        """Still open, as far as is known without asking the network."""
        return not (self._closed or self._transport.is_closing())

    def rest(self) -> None:
        """End the exchange; what comes now belongs to no request."""
        self._under_way = False
        self._resume_reading()

    def fail(self, error: Exception) -> None:
        """End the exchange with this error, unless its response is complete, and the connection."""
        if self._error is None and not self.response.complete:
            self._error = error
        self._transport.abort()
        self._wake()

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()

    def tick(self, now: float) -> None:
        """Look at the clocks; start the watch of an exchange that takes long."""
        if not self._total_deadline:
            self._total_deadline = now + self._timeouts.total_timeout
        if now > self._total_deadline:
            self.fail(TotalTimeout())
        elif now > self._write_deadline:
            self.fail(WriteTimeout())
        elif now > self._read_deadline:
            self.fail(IdleTimeout() if self.response.status else ResponseTimeout())
        elif self.watch is not None:
            self._ticks += 1
            if self._ticks > 1:
                watch, self.watch = self.watch, None
                watch()

    def _resume_reading(self) -> None:
        if self._read_paused:
            self._read_paused = False
            self._transport.resume_reading()

    async def _wait(self, seconds: float) -> None:
        """Sleep until something comes; the clock runs only meanwhile."""
        arrived = self._loop.create_future()
        self.on_ready(lambda: _resolve(arrived), seconds)
        try:
            await arrived
        finally:
            self.ignore()

    def _wake(self) -> None:
        self._call_back()
        _resolve(self._drained)

    def _call_back(self) -> None:
        call = self._call
        if call is not None:
            self._call, self._read_deadline = None, inf
            call()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        response = self.response
        if response.complete or not self._under_way:
            response.clean = False
            self._transport.abort()
            return
        try:
            response.feed(data)
        except BadResponse as error:
            self.fail(error)
            return
        if response.status:
            self._call_back()
            if response.waiting > HIGH_WATER and not (self._read_paused or response.complete):
                self._read_paused = True
                self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        if self._error is None and self._under_way:
            self._error = self.response.end(exc)
        self._wake()
        self._when_lost(self)

    def pause_writing(self) -> None:
        self._write_paused = True

    def resume_writing(self) -> None:
        self._write_paused = False
        _resolve(self._drained)


def _resolve(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
