"""The connections to one service: bounded, kept while idle, the last used first.

A connection is either idle, busy or being opened; all three count against `max_connections`.
Whoever finds them all taken waits in a bounded queue for a bounded time.
"""

import asyncio
import socket
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from gateway.connection import Connection
from gateway.upstream_errors import (
    ConnectFailed,
    ConnectTimeout,
    NameUnresolved,
    QueueFull,
    QueueTimeout,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and counts. Every clock but that of connecting is checked each `tick` only."""

    connect_timeout: float = 2.0
    response_timeout: float = 30.0
    idle_timeout: float = 30.0
    write_timeout: float = 30.0
    max_connections: int = 64
    queue_size: int = 256
    queue_timeout: float = 1.0
    keep_idle: float = 4.0  # shorter than the 5 s after which uvicorn closes
    tick: float = 0.25


class Upstream:
    """`acquire()` a connection, use it for one exchange, and always `release()` it."""

    def __init__(self, url: str, limits: Limits) -> None:
        """`url` is `http://host[:port]`."""
        parts = urlsplit(url)
        self.authority = parts.netloc.encode("ascii")
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._limits = limits
        self._taken = 0
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._queue: deque[tuple[float, asyncio.Future[Connection | None]]] = deque()
        self._ticker: asyncio.TimerHandle | None = None

    @property
    def taken(self) -> int:
        """Connections that are idle, busy or being opened."""
        return self._taken

    @property
    def idle(self) -> int:
        return len(self._idle)

    @property
    def busy(self) -> int:
        return len(self._busy)

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def acquire(self) -> Connection:
        """Return an open connection; raises what `UpstreamError` lists as not sent."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                self._busy.add(connection)
                return connection
            self._taken -= 1  # closing; its loss is not yet announced
        if self._taken < self._limits.max_connections:
            self._taken += 1
            return await self._open()
        return await self._wait_for_turn()

    def release(self, connection: Connection) -> None:
        """Give the connection back; kept only if both messages ended as they should."""
        self._busy.discard(connection)
        connection.watch = None
        if not connection.reusable:
            connection.abort()
            self._free()
        elif (waiter := self._next_in_line()) is not None:
            waiter.set_result(connection)
        else:
            connection.rest()
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)

    def close(self) -> None:
        """Drop every connection; exchanges under way fail."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        for connection in (*self._idle, *self._busy):
            connection.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    async def _open(self) -> Connection:
        """Connect on a place that is already counted, and give the place back on failure."""
        loop = asyncio.get_running_loop()
        if self._ticker is None:
            self._ticker = loop.call_later(self._limits.tick, self._tick)
        try:
            async with asyncio.timeout(self._limits.connect_timeout):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._limits, self._lost), self._host, self._port
                )
        except BaseException as error:
            self._free()
            if isinstance(error, TimeoutError):
                raise ConnectTimeout from error
            if isinstance(error, socket.gaierror):
                raise NameUnresolved(self._host) from error
            if isinstance(error, OSError):
                raise ConnectFailed(str(error)) from error
            raise
        self._busy.add(connection)
        return connection

    async def _wait_for_turn(self) -> Connection:
        if len(self._queue) >= self._limits.queue_size:
            raise QueueFull
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        entry = (loop.time() + self._limits.queue_timeout, waiter)
        self._queue.append(entry)
        try:
            connection = await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                if entry in self._queue:  # else whoever looked for the next has passed it over
                    self._queue.remove(entry)
            elif waiter.exception() is None:  # the turn came together with the cancellation
                self._pass_on(waiter.result())
            raise
        if connection is None:
            return await self._open()
        if not connection.usable:
            connection.abort()
            return await self._open()
        self._busy.add(connection)
        return connection

    def _pass_on(self, connection: Connection | None) -> None:
        if connection is None:
            self._free()
        else:
            self.release(connection)

    def _next_in_line(self) -> "asyncio.Future[Connection | None] | None":
        while self._queue:
            _, waiter = self._queue.popleft()
            if not waiter.done():
                return waiter
        return None

    def _free(self) -> None:
        """Give a place to whoever waits, or back."""
        waiter = self._next_in_line()
        if waiter is None:
            self._taken -= 1
        else:
            waiter.set_result(None)

    def _lost(self, connection: Connection) -> None:
        """Forget an idle connection that ended; a busy one is released by its user."""
        if connection in self._idle:
            self._idle.remove(connection)
            self._free()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._ticker = loop.call_later(self._limits.tick, self._tick)
        now = loop.time()
        for connection in tuple(self._busy):
            connection.tick(now)
        while self._idle and self._idle[0].idle_since + self._limits.keep_idle < now:
            self._idle.popleft().abort()
            self._taken -= 1
        while self._queue and self._queue[0][0] < now:
            _, waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_exception(QueueTimeout())
