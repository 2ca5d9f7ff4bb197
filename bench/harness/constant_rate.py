"""An open load: requests leave when they are due, whatever the answers do.

`python -m bench.harness.constant_rate HOST PORT TARGET TOKEN_FILE RATE SECONDS` prints
percentiles in milliseconds as JSON. Times count from when a request was due, so that a slow answer
delays nobody's clock (what is known as coordinated omission). The loop waits by select(2), whose
times are finer than a millisecond. `--field` says what stands before the token.
"""

import argparse
import asyncio
import json
import re
import selectors
import time
from collections import deque
from pathlib import Path
from typing import cast

CONNECTIONS = 32
WARM_UP = 0.5
"""Seconds at the beginning that do not count."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Connection(asyncio.Protocol):
    """One request at a time; then the next that is due."""

    def __init__(self, generator: "Generator") -> None:
        self._generator = generator
        self._buffer = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._generator.free.append(self)

    def ask(self, due: float) -> None:
        """Send the request that was due at this time."""
        self._due = due
        self._transport.write(self._generator.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise SystemExit(f"an answer of another kind: {head[:200]!r}")
        if len(body) >= int(length[1]):
            self._buffer = b""
            self._generator.done(self, time.perf_counter() - self._due)


class Generator:
    """Keeps the schedule; what finds no free connection waits, and its time runs."""

    def __init__(self, request: bytes, rate: float, seconds: float) -> None:
        self.request = request
        self.free: deque[Connection] = deque()
        self.times: list[float] = []
        self._interval = 1 / rate
        self._seconds = seconds
        self._waiting: deque[float] = deque()

    async def run(self, host: str, port: int) -> None:
        """Ask for as long as it should take."""
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            await loop.create_connection(lambda: Connection(self), host, port)
        begin = time.perf_counter()
        self._count_from = begin + WARM_UP
        due = begin
        while due < begin + WARM_UP + self._seconds:
            while due <= time.perf_counter():
                self._send(due)
                due += self._interval
            await asyncio.sleep(due - time.perf_counter())
        await asyncio.sleep(0.2)

    def done(self, connection: Connection, seconds: float) -> None:
        """Note how long an answer took, and go on."""
        if time.perf_counter() >= self._count_from:
            self.times.append(seconds * 1e3)
        if self._waiting:
            connection.ask(self._waiting.popleft())
        else:
            self.free.append(connection)

    def _send(self, due: float) -> None:
        if self.free:
            self.free.popleft().ask(due)
        else:
            self._waiting.append(due)


def main(
    host: str, port: str, target: str, tokens: str, rate: str, seconds: str, field: str
) -> None:
    """Ask and print."""
    token = Path(tokens).read_text().partition("\n")[0]
    fields = f"host: {host}:{port}\r\n{field}{token}"
    request = f"GET {target} HTTP/1.1\r\n{fields}\r\n\r\n".encode()
    generator = Generator(request, float(rate), float(seconds))
    with asyncio.Runner(
        loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())
    ) as runner:
        runner.run(generator.run(host, int(port)))
    times = sorted(generator.times)
    shares = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
    figures = {name: times[int(len(times) * share)] for name, share in shares.items()}
    print(json.dumps({**figures, "rate": len(times) / float(seconds)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("host", "port", "target", "token_file", "rate", "seconds"):
        parser.add_argument(name)
    parser.add_argument("--field", default="authorization: Bearer ")
    main(*vars(parser.parse_args()).values())
