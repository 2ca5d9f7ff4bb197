"""A cable to PostgreSQL that a test can cut and connect again, and a PostgreSQL that hangs."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psutil

from testing.servers import HOST


class Cable:
    """Leads from a port of its own to the server of a database URL, until it is cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._account, self._path = parts.netloc.rpartition("@")[0], parts.path
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._messages_left: int | None = None
        self._is_frozen = False

    @property
    def url(self) -> str:
        """The database's URL by way of this cable."""
        return f"postgres://{self._account}@{HOST}:{self._port}{self._path}"

    async def connect(self) -> None:
        """Lead there, again on the same port after a cut."""
        self._messages_left, self._is_frozen = None, False
        self._server = await asyncio.start_server(self._accept, HOST, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break all connections together and refuse new ones, as a killed server's machine does."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()

    def freeze(self) -> None:
        """Carry nothing more, as a network that swallows everything; nobody notices until a cut."""
        self._is_frozen = True
        for writer in self._open:
            transport: Any = writer.transport
            transport.pause_reading()

    def cut_after(self, messages: int) -> None:
        """Break at the message from the client that follows so many; it does not arrive."""
        self._messages_left = messages

    def is_cut(self) -> bool:
        """Tell whether nobody gets through."""
        return self._server is None or not self._server.is_serving()

    def _may_pass(self) -> bool:
        if self._messages_left is None:
            return True
        self._messages_left -= 1
        if self._messages_left >= 0:
            return True
        self._messages_left = None
        self.cut()
        return False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_frozen:
            self._open.add(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(
            _pump(reader, far_writer, self._may_pass), _pump(far_reader, writer, lambda: True)
        )
        self._open -= {writer, far_writer}


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_pass: Callable[[], bool]
) -> None:
    """Copy until either end is gone or nothing may pass, then close the other."""
    try:
        while (data := await reader.read(64 * 1024)) and may_pass():
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class KillableServer:
    """A PostgreSQL that a test may kill as a power cut does, and start again."""

    url: str
    process: Callable[[], int | None]
    restart: Callable[[], None]

    async def kill_and_start(self) -> None:
        """Kill every process of it, and start it on what is left."""
        main = psutil.Process(self.process())
        family = [main, *main.children(recursive=True)]
        for process in family:
            process.kill()
        await asyncio.to_thread(psutil.wait_procs, family, 10)
        await asyncio.to_thread(self.restart)


@dataclass(frozen=True, slots=True)
class SuspendableServer:
    """A PostgreSQL, by its superuser's URL and the process that all others of it come from."""

    url: str
    process: int

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Have it hang: its port takes connections, and nobody is answered."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        postmaster = psutil.Process(self.process)
        for process in (postmaster, *postmaster.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


async def seconds_until_503(request: Awaitable[httpx2.Response]) -> float:
    """Return how long a request takes that has to be answered by a 503."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    response = await request
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE, response.text
    return loop.time() - begun
