"""The addresses of one service: which there are, and which is the next."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from gateway.upstream.circuit_breaker import Breaker, State
from gateway.upstream.connection import Connection
from gateway.upstream.errors import ConnectFailed, ConnectTimeout, NameUnresolved
from gateway.upstream.limits import Limits

Address = tuple[str, int]


class Endpoint:
    """One address: its idle connections, the last used last, and how many are busy."""

    __slots__ = ("address", "breaker", "busy", "idle", "retired")

    def __init__(self, address: Address, breaker: Breaker) -> None:
        self.address = address
        self.breaker = breaker
        self.idle: deque[Connection] = deque()
        self.busy = 0  # or being opened
        self.retired = False  # no longer an address of the service

    @property
    def open_to_requests(self) -> bool:
        """The breaker lets one more through."""
        if self.breaker.closed:
            return True
        return self.breaker.state is State.HALF_OPEN and not self.busy

    async def connect(self, limits: Limits, when_lost: Callable[[Connection], None]) -> Connection:
        """Open a connection, busy from now on; raises ConnectFailed and ConnectTimeout."""
        loop = asyncio.get_running_loop()
        self.busy += 1
        try:
            async with asyncio.timeout(limits.connect_timeout):
                _, connection = await loop.create_connection(
                    lambda: Connection(limits, when_lost, self), *self.address
                )
        except BaseException as error:
            self.busy -= 1
            if isinstance(error, TimeoutError):
                raise ConnectTimeout from error
            if isinstance(error, OSError):
                raise ConnectFailed(str(error)) from error
            raise
        return connection

    def expire(self, before: float) -> int:
        """Drop what has been idle since `before`; return how many that were."""
        count = 0
        while self.idle and self.idle[0].idle_since < before:
            self.idle.popleft().abort()
            count += 1
        return count

    async def probe(self, seconds: float) -> None:
        """See whether it accepts connections, without a request."""
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # so is TimeoutError
            async with asyncio.timeout(seconds):
                transport, _ = await loop.create_connection(asyncio.Protocol, *self.address)
            transport.close()
            self.breaker.probe_succeeded()


class Endpoints:
    """Those of `http://host[:port]`, several separated by commas; a name may have many."""

    def __init__(self, urls: str, *, limit: int, pause: float) -> None:
        self._targets = [_target(url) for url in urls.split(",")]
        self._limit, self._pause = limit, pause
        self.all: list[Endpoint] = []
        self.only: Endpoint | None = None  # where there is but one
        self.has_names = not all(_is_literal(host) for host, _ in self._targets)
        self.stale = False  # the names should be resolved again
        if not self.has_names:
            self.replace(self._targets)

    @property
    def out(self) -> int:
        """How many are left alone for now."""
        return sum(not endpoint.breaker.closed for endpoint in self.all)

    def best(self, *, but: Endpoint | None = None) -> Endpoint | None:
        """Return the least busy one that the breakers let through."""
        open_ones = [one for one in self.all if one is not but and one.open_to_requests]
        return min(open_ones, key=_busy, default=None)

    def replace(self, addresses: Iterable[Address]) -> list[Endpoint]:
        """Have these; return those that are no more."""
        known = {endpoint.address: endpoint for endpoint in self.all}
        wanted = dict.fromkeys(addresses)
        self.all = [
            known.pop(address)
            if address in known
            else Endpoint(address, Breaker(self._limit, self._pause))
            for address in wanted
        ]
        self.only = self.all[0] if len(self.all) == 1 else None
        return list(known.values())

    async def resolve(self) -> list[Endpoint]:
        """Resolve the names again; return those that are no more.

        Raises NameUnresolved where no address at all is known, else what was known stays.
        """
        self.stale = False
        found = await asyncio.gather(*map(_look_up, self._targets), return_exceptions=True)
        addresses = [one for each in found if not isinstance(each, BaseException) for one in each]
        if any(isinstance(each, BaseException) for each in found) and self.all:
            return []  # better one too many than one too few
        if not addresses:
            raise NameUnresolved(", ".join(host for host, _ in self._targets))
        return self.replace(addresses)


def _busy(endpoint: Endpoint) -> int:
    return endpoint.busy


def _target(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _look_up(target: Address) -> Sequence[Address]:
    host, port = target
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), port) for *_, address in found]
