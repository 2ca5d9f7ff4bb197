"""The parent of several workers on one port: begins them, replaces the dead, passes signals on.

All accept from the one socket that it has bound, so that a connection which waits for one of them
is served by another should that one die. It serves nothing but the sum of their numbers.
"""

import asyncio
import logging
import logging.config
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from gateway.settings import GatewaySettings
from gateway.worker import VARIABLE
from shared.metrics import served
from shared.metrics_sum import Snapshot, added, kept, read
from shared.observability import logging_config

COMMAND: Final = (sys.executable, "-m", "gateway")
BACKLOG: Final = 2048
CANNOT_START: Final = 3
"""The status of a worker that cannot start, and will not be able to."""

_SETTINGS_STATUS = 2
_HOPELESS = frozenset({CANNOT_START, _SETTINGS_STATUS})
_LONGEST_PAUSE = 5.0
_ANSWER_WITHIN = 1.0
_BEYOND_SHUTDOWN = 5.0  # seconds that a worker has after its own deadline
_LINE_LIMIT = 16 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    numbers: Snapshot

    async def look(self) -> None:
        """Ask for its numbers; those known stay where it does not answer."""
        with suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(_ANSWER_WITHIN):
                self.writer.write(b"\n")
                line = await self.reader.readline()
            if line:
                self.numbers = read(line)

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)


class Supervisor(Collector):
    """Runs `workers` processes until SIGTERM or SIGINT."""

    def __init__(self, settings: GatewaySettings, port: socket.socket) -> None:
        self._settings = settings
        self._port = port
        self._workers: dict[int, _Worker] = {}
        self._gone: Snapshot = []
        self._ending = asyncio.Event()
        self._status = 0
        self._loop: asyncio.AbstractEventLoop

    async def run(self) -> int:
        """Return the exit status."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._ending.set)
        self._loop.add_signal_handler(signal.SIGHUP, self._signal_all, signal.SIGHUP)
        host, port = self._settings.metrics_address
        with served(self, host=host, port=port):
            await asyncio.gather(*(self._keep(n) for n in range(self._settings.workers)))
        return self._status

    def collect(self) -> Iterator[Metric]:
        """Add up; called by the thread that shows the numbers."""
        if not hasattr(self, "_loop"):
            return
        asyncio.run_coroutine_threadsafe(self._look(), self._loop).result(2 * _ANSWER_WITHIN)
        yield from added([self._gone, *(worker.numbers for worker in self._workers.values())])

    async def _look(self) -> None:
        await asyncio.gather(*(worker.look() for worker in self._workers.values()))

    async def _keep(self, number: int) -> None:
        """Have a worker in this place until the end."""
        pause = 0.1
        while not self._ending.is_set():
            began = monotonic()
            worker = self._workers[number] = await self._start()
            status = await self._outlive(worker)
            del self._workers[number]
            self._gone = kept(self._gone, worker.numbers)
            if self._ending.is_set():
                return
            logger.error("a worker ended", extra={"pid": worker.process.pid, "status": status})
            if status in _HOPELESS:
                self._status = CANNOT_START
                self._ending.set()
                return
            pause = 0.1 if monotonic() - began > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)

    async def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        numbers = (self._port.fileno(), theirs.fileno())
        hangup = {signal.SIGHUP}  # waits for the worker, which it would end before it listens
        signal.pthread_sigmask(signal.SIG_BLOCK, hangup)
        try:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                pass_fds=numbers,
                env={**os.environ, VARIABLE: ",".join(map(str, numbers))},
            )
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, hangup)
        theirs.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_LINE_LIMIT)
        return _Worker(process, reader, writer, [])

    async def _outlive(self, worker: _Worker) -> int:
        """Wait for its end, which comes within the deadline once all is to end."""
        dead = asyncio.ensure_future(worker.process.wait())
        ending = asyncio.ensure_future(self._ending.wait())
        await asyncio.wait((dead, ending), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not dead.done():
            worker.signal(signal.SIGTERM)
            seconds = self._settings.shutdown_timeout + _BEYOND_SHUTDOWN
            await asyncio.wait((dead,), timeout=seconds)
        if not dead.done():
            worker.signal(signal.SIGKILL)
        status = await dead
        worker.writer.close()
        return status

    def _signal_all(self, number: int) -> None:
        for worker in self._workers.values():
            worker.signal(number)


def supervise(settings: GatewaySettings) -> int:
    """Run the workers; return the exit status."""
    logs = logging_config(
        service="gateway", level=settings.log_level, log_format=settings.log_format
    )
    logging.config.dictConfig(logs)
    host = settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        port = socket.create_server((host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        logger.error("cannot listen", extra={"cause": str(error)})  # noqa: TRY400
        return CANNOT_START
    told = f"{settings.workers} workers running on http://{host}:{port.getsockname()[1]}"
    logger.info(told)
    with port:
        return asyncio.run(Supervisor(settings, port).run())
