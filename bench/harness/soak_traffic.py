"""The traffic of a soak: everything that people and strangers do, at a constant rate.

Requests leave when they are due, whatever the answers do; times count from when they were due.
"""

import asyncio
import re
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import cast

from bench.harness.soak_requests import Requests

KEPT = 64
"""Connections that are kept, each for so many requests:"""
REQUESTS_OF_A_CONNECTION = 500
TIMEOUT = 20.0
"""Seconds after which an answer is no longer waited for."""
LEAVING, STAY = 0.02, 0.06
"""The share of those who leave, and the seconds within which they do; an export takes longer."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(slots=True)
class Counts:
    """What came of the requests of a while."""

    sent: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the milliseconds that this share of the answers did not exceed."""
        return sorted(self.times)[int(len(self.times) * share)] * 1e3 if self.times else 0.0


class Connection(asyncio.Protocol):
    """One request at a time, and a new connection after some hundreds."""

    def __init__(self, traffic: "Traffic") -> None:
        self._traffic = traffic
        self._buffer, self._asked = b"", 0
        self._kind = ""
        self._expected = self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._traffic.connections.add(self)
        self._traffic.is_free(self)

    def ask(self, kind: str, expected: int, data: bytes, due: float) -> None:
        """Send what was due at this time."""
        self._kind, self._expected, self._due = kind, expected, due
        self._asked += 1
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if end else None
        if length is None or len(body) < int(length[1]):
            return
        counts, status = self._traffic.counts, int(head[9:12])
        counts.times.append(perf_counter() - self._due)
        if status != self._expected:
            counts.failed[f"{self._kind}: {status}"] += 1
        self._kind, self._buffer = "", b""
        if self._asked == REQUESTS_OF_A_CONNECTION:
            self._transport.close()
        else:
            self._traffic.is_free(self)

    def connection_lost(self, _: Exception | None) -> None:
        if self._kind:
            self._traffic.counts.failed[f"{self._kind}: connection lost"] += 1
        self._traffic.has_lost(self)

    def give_up(self, now: float) -> None:
        """Close if the answer has been waited for too long, which counts as a failure."""
        if self._kind and now - self._due > TIMEOUT:
            self._transport.abort()


class Traffic:
    """All connections and the schedule; `counts` may be replaced at any time."""

    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        self.counts = Counts()
        self.connections: set[Connection] = set()
        self._port = port
        self._chance = Random(1)
        self._requests = requests = Requests(tokens, self._chance)
        self._kinds: list[tuple[Callable[[], bytes], int]] = [
            *[(requests.hot_token, 200)] * 50,
            *[(requests.page, 200)] * 20,
            *[(requests.search, 200)] * 5,
            *[(requests.fresh_token, 200)] * 10,
            *[(requests.sign_in, 200)] * 5,
            *[(requests.bad_token, 401)] * 5,
            *[(requests.unknown_path, 404)] * 2,
            (requests.change, 200),
        ]
        self._free: deque[Connection] = deque()
        self._waiting: deque[tuple[float, Callable[[], bytes], int]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def late(self) -> int:
        """The requests that are due and not sent."""
        return len(self._waiting)

    async def run(self, rate: float, seconds: float) -> None:
        """Ask for so long, and wait for the answers."""
        for _ in range(KEPT - len(self.connections)):
            await self._connect()
        due = begin = perf_counter()
        while due < begin + seconds:
            while due <= perf_counter():
                self._send(due)
                due += 1 / rate
            await asyncio.sleep(due - perf_counter())
        await asyncio.sleep(0.5)

    def is_free(self, connection: Connection) -> None:
        """Use a connection for what waits, or keep it."""
        if self._waiting:
            self._ask(connection, *self._waiting.popleft())
        else:
            self._free.append(connection)

    def has_lost(self, connection: Connection) -> None:
        """Make another one in the place of one that ended."""
        self.connections.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        self._start(self._connect())

    def give_up_what_takes_too_long(self) -> None:
        """To be called from time to time."""
        for connection in tuple(self.connections):
            connection.give_up(perf_counter())

    def _send(self, due: float) -> None:
        if self._chance.random() < LEAVING:
            self.counts.sent["leaving"] += 1
            self._start(self._come_and_leave())
            return
        write, expected = self._chance.choice(self._kinds)
        self.counts.sent[write.__name__] += 1
        if self._free:
            self._ask(self._free.popleft(), due, write, expected)
        else:
            self._waiting.append((due, write, expected))

    def _ask(
        self, connection: Connection, due: float, write: Callable[[], bytes], expected: int
    ) -> None:
        connection.ask(write.__name__, expected, write(), due)

    async def _come_and_leave(self) -> None:
        requests, chance = self._requests, self._chance
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(requests.half_an_upload() if chance.random() < 0.3 else requests.export())
            await asyncio.sleep(chance.random() * STAY)
            if chance.random() < 0.5:  # with RST
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        finally:
            writer.transport.abort()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._port)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._noted(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _noted(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except OSError as error:
            self.counts.failed[f"connecting: {type(error).__name__}"] += 1
