"""One line for each request, JSON or for a terminal, written beside the event loop.

It has the route, never the path; no query, no header, no body, no address. A subject is shown as
the beginning of its SHA-256, which only somebody who knows the account can compute.
"""

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from shared.telemetry.metrics import Metrics
from shared.telemetry.observability import LogFormat, chosen_format

FLUSH_AFTER: Final = 0.1
"""Seconds that a line may wait to be written."""

MAX_WAITING: Final = 50_000
"""Lines that may wait while nobody reads what we write; those beyond are dropped and counted."""

QUIET: Final = frozenset(
    {"/health/live", "/health/ready", "/internal/revocations", "/.well-known/jwks.json"}
)
"""Routes that are asked for every few seconds, and left out where all went well."""

_ATOMIC: Final = 4096  # bytes that a pipe takes in one piece, no matter who else writes to it

logger = logging.getLogger(__name__)


class Line(NamedTuple):
    """What there is to say of one request; times in seconds, `at` is of time.time()."""

    at: float
    method: str
    route: str
    status: int
    seconds: float
    upstream_seconds: float | None
    request_id: str
    trace_id: str
    subject: str | None


class AccessLog:
    """Writes lines to a file descriptor, by default to standard error as all logs."""

    def __init__(
        self, service: str, descriptor: int = 2, *, log_format: LogFormat | None = "json"
    ) -> None:
        self.dropped = 0
        self._service = service
        self._render = _RENDER[chosen_format(log_format)]
        self._descriptor = descriptor
        self._waiting: list[Line] = []
        self._writing: asyncio.Future[None] | None = None

    def watched_by(self, metrics: Metrics) -> None:
        """Show what is lost."""
        name, documentation = "vitrina_access_log_dropped", "Lines that nobody read in time."
        metrics.watch("counter", name, documentation, lambda: self.dropped)

    def add(self, line: Line) -> None:
        """Have a line written soon, unless it is of a routine question that went well."""
        if line.route in QUIET and line.status < 400:  # noqa: PLR2004
            return
        waiting = self._waiting
        if len(waiting) >= MAX_WAITING:
            self.dropped += 1
            return
        waiting.append(line)
        if len(waiting) == 1 and self._writing is None:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self._begin)

    async def close(self) -> None:
        """Write what waits."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        lines, self._waiting = self._waiting, []
        if lines:
            await asyncio.to_thread(self._write, lines)

    def _begin(self) -> None:
        if self._writing is None and self._waiting:
            lines, self._waiting = self._waiting, []
            loop = asyncio.get_running_loop()
            self._writing = loop.run_in_executor(None, self._write, lines)
            self._writing.add_done_callback(self._written)

    def _written(self, _: "asyncio.Future[None]") -> None:
        self._writing = None
        if self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self._begin)

    def _write(self, lines: Sequence[Line]) -> None:
        piece = bytearray()
        for line in lines:
            written = self._rendered(line)
            if len(piece) + len(written) > _ATOMIC:
                _write_all(self._descriptor, piece)
                piece = bytearray()
            piece += written
        _write_all(self._descriptor, piece)

    def _rendered(self, line: Line) -> bytes:
        """Return the line, or nothing where that fails, which must not cost the others."""
        try:
            return self._render(line, self._service)
        except Exception:
            self.dropped += 1
            logger.exception("a line of the access log cannot be written")
            return b""


def render(line: Line, service: str) -> bytes:
    """Return the line as JSON; nothing in it can need an escape, and nothing can be unwritable."""
    second = int(line.at)
    at = f"{_second(second)}.{int((line.at - second) * 1000):03d}+00:00"
    upstream = "" if line.upstream_seconds is None else f"{line.upstream_seconds:.6f}"
    more = f', "upstream_seconds": {upstream}' if upstream else ""
    if line.subject is not None:
        more += f', "subject": "{hashed(line.subject)}"'
    return (
        f'{{"timestamp": "{at}", "level": "INFO", "logger": "access", "message": "request"'
        f', "service": "{service}", "request_id": "{line.request_id}"'
        f', "trace_id": "{line.trace_id}", "method": "{line.method}", "route": "{line.route}"'
        f', "status": {line.status}, "seconds": {line.seconds:.6f}{more}}}\n'
    ).encode(errors="replace")


def render_for_console(line: Line, _service: str) -> bytes:
    """Return the line for a person: when, what, how it went, and how long it took."""
    at = time.strftime("%H:%M:%S", time.localtime(line.at))
    took = f"{line.seconds * 1000:.0f} ms"
    return f"{at} INFO    {line.method} {line.route} {line.status} {took}\n".encode(
        errors="replace"
    )


_RENDER: Final[dict[LogFormat, Callable[[Line, str], bytes]]] = {
    "console": render_for_console,
    "json": render,
}


@lru_cache(maxsize=10_000)
def hashed(subject: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a subject."""
    return hashlib.sha256(subject.encode(errors="replace")).hexdigest()[:16]


def now() -> float:
    """Return the time for `Line.at`, which no test moves."""
    return time.time()


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _write_all(descriptor: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
