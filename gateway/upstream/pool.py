"""The connections to one service: bounded, kept while idle, the last used first.

A connection is either idle, busy or being opened; all three count against `max_connections`.
A request that finds them all taken waits in a bounded queue for a bounded time. Where the service
has several addresses the least busy is chosen; one that fails is left alone (see
`gateway.upstream.circuit_breaker`).
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlsplit

from gateway.upstream.acquire_queue import AcquireQueue, IsGone
from gateway.upstream.connection import Connection
from gateway.upstream.endpoints import Endpoint, Endpoints
from gateway.upstream.errors import BreakerOpen, ConnectFailed, ConnectTimeout, UpstreamError
from gateway.upstream.limits import UPLOADS, Limits
from gateway.upstream.retry_budget import RetryBudget
from gateway.upstream.share import Share
from gateway.upstream.ticker import Ticker


class Upstream:
    """`acquire()` a connection, use it for one exchange, and always `release()` it."""

    def __init__(self, urls: str, limits: Limits) -> None:
        """`urls` is `http://host[:port]`, or several of these separated by commas."""
        self.authority = urlsplit(urls.partition(",")[0]).netloc.encode("ascii")
        self.endpoints = Endpoints(urls, limit=limits.breaker_failures, pause=limits.breaker_pause)
        self.failures: Counter[str] = Counter()  # by reason
        self.elsewhere = 0  # connections made to another address than the first choice
        self.retries = RetryBudget()
        self._limits = limits
        self._taken = 0
        self._resolve_at = 0.0
        self._busy: set[Connection] = set()
        self._queue = AcquireQueue(size=limits.queue_size, seconds=limits.queue_timeout)
        half = max(1, limits.max_connections // 2)
        queue = AcquireQueue(size=limits.queue_size, seconds=limits.hashing_queue_timeout)
        self.hashing = Share(min(limits.hashing_connections, half), queue)
        self.uploading = Share(min(UPLOADS, half), AcquireQueue(size=0, seconds=0))
        self._ticker = Ticker(limits.tick, self._look)

    @property
    def taken(self) -> int:
        """Connections that are idle, busy or being opened."""
        return self._taken

    @property
    def idle(self) -> int:
        return sum(len(endpoint.idle) for endpoint in self.endpoints.all)

    @property
    def busy(self) -> int:
        return len(self._busy)

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def is_full(self) -> bool:
        """The next request has to wait, unless a connection is idle."""
        return self._taken >= self._limits.max_connections

    def take(self) -> Connection | None:
        """Return an idle connection, if there is one to the address whose turn it is."""
        endpoint = self.endpoints.only
        if endpoint is None or not endpoint.breaker.closed:
            endpoint = self.endpoints.best()
        return self._take_from(endpoint) if endpoint is not None and endpoint.idle else None

    async def acquire(self, is_gone: IsGone = lambda: False) -> Connection:
        """Return an open connection; raises what `UpstreamError` lists as not sent.

        Raises ClientGone if the client `is_gone` while the request waits for a place.
        """
        connection = self.take()
        if connection is not None:
            return connection
        if not self.endpoints.all:
            await self._resolve()
        endpoint = self.endpoints.best()
        if endpoint is None:
            raise BreakerOpen
        if self._taken < self._limits.max_connections:
            self._taken += 1
            return await self._open(endpoint)
        return self._take_elsewhere() or await self._wait_for_turn(is_gone)

    def release(self, connection: Connection) -> None:
        """Give the connection back; kept only if both messages ended as they should."""
        endpoint = connection.endpoint
        endpoint.busy -= 1
        self._busy.discard(connection)
        connection.watch = None
        if connection.response.status:
            if endpoint.breaker.failures:
                endpoint.breaker.succeed()
        elif isinstance(connection.error, UpstreamError):
            self._fail(endpoint)
        connection.reused = True
        if not connection.reusable or not endpoint.breaker.closed or endpoint.retired:
            connection.abort()
            self._free()
        elif (waiter := self._queue.next()) is not None:
            waiter.set_result(connection)
        else:
            connection.rest()
            connection.idle_since = asyncio.get_running_loop().time()
            endpoint.idle.append(connection)

    @contextmanager
    def retrying(self, connection: Connection) -> Iterator[None]:
        """Try again what this connection has lost, as long as few do so; else raise its error."""
        if not self.retries.allows(len(self._busy)):
            raise connection.error or BreakerOpen()
        self.distrust(connection.endpoint)
        with self.retries.spend():
            yield

    def distrust(self, endpoint: Endpoint) -> None:
        """Drop the idle connections to an address that closes or does not respond."""
        while endpoint.idle:
            endpoint.idle.popleft().abort()
            self._free()

    def close(self) -> None:
        """Drop every connection; exchanges under way fail."""
        self._ticker.stop()
        idle = [connection for endpoint in self.endpoints.all for connection in endpoint.idle]
        for connection in (*idle, *self._busy):
            connection.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def _take_from(self, endpoint: Endpoint) -> Connection | None:
        while endpoint.idle:
            connection = endpoint.idle.pop()
            if connection.usable:
                self._busy.add(connection)
                endpoint.busy += 1
                return connection
            self._taken -= 1  # closing; its loss is not yet announced
        return None

    def _take_elsewhere(self) -> Connection | None:
        """Return an idle connection to a busier address, rather than wait."""
        for endpoint in self.endpoints.all:
            if endpoint.idle and endpoint.open_to_requests:
                return self._take_from(endpoint)
        return None

    async def _open(self, endpoint: Endpoint) -> Connection:
        """Connect on a place that is already counted, and give the place back on failure."""
        try:
            try:
                return await self._connect(endpoint)
            except (ConnectFailed, ConnectTimeout):
                other = self.endpoints.best(but=endpoint)
                if other is None:
                    raise
                self.elsewhere += 1
                return await self._connect(other)
        except BaseException:
            self._free()
            raise

    async def _connect(self, endpoint: Endpoint) -> Connection:
        self._ticker.start()
        try:
            connection = await endpoint.connect(self._limits, self._lost)
        except UpstreamError:
            self._fail(endpoint, surely=len(self.endpoints.all) > 1)
            self.endpoints.stale = True
            raise
        self._busy.add(connection)
        return connection

    async def _resolve(self) -> None:
        """Learn the addresses of the service's names; raises NameUnresolved without any."""
        self._resolve_at = asyncio.get_running_loop().time() + self._limits.resolve_every
        try:
            async with asyncio.timeout(self._limits.connect_timeout):
                gone = await self.endpoints.resolve()
        except TimeoutError:
            raise ConnectTimeout from None
        for endpoint in gone:
            endpoint.retired = True
            self.distrust(endpoint)

    def _fail(self, endpoint: Endpoint, *, surely: bool = False) -> None:
        if endpoint.breaker.fail(asyncio.get_running_loop().time(), surely=surely):
            self.distrust(endpoint)

    async def _wait_for_turn(self, is_gone: IsGone) -> Connection:
        connection = await self._queue.wait(is_gone, self._pass_on)
        if connection is not None and connection.usable:
            self._busy.add(connection)
            connection.endpoint.busy += 1
            return connection
        if connection is not None:
            connection.abort()
        endpoint = self.endpoints.best()
        if endpoint is None:
            self._free()
            raise BreakerOpen
        return await self._open(endpoint)

    def _pass_on(self, connection: Connection | None) -> None:
        if connection is None:
            self._free()
        else:
            connection.endpoint.busy += 1
            self.release(connection)

    def _free(self) -> None:
        """Give a place to the request that waits for longest, or back."""
        waiter = self._queue.next()
        if waiter is None:
            self._taken -= 1
        else:
            waiter.set_result(None)

    def _lost(self, connection: Connection) -> None:
        """Forget an idle connection that ended; a busy one is released by its user."""
        idle = connection.endpoint.idle
        if connection in idle:
            idle.remove(connection)
            self._free()

    def _look(self, now: float) -> None:
        for connection in tuple(self._busy):
            connection.tick(now)
        for endpoint in self.endpoints.all:
            self._taken -= endpoint.expire(now - self._limits.keep_idle)
            if not endpoint.breaker.closed and endpoint.breaker.is_probe_due(now):
                self._ticker.beside(endpoint.probe(self._limits.connect_timeout))
        self._queue.expire(now)
        self.hashing.queue.expire(now)
        if self.endpoints.has_names and (self.endpoints.stale or now > self._resolve_at):
            self._ticker.beside(self._resolve())
