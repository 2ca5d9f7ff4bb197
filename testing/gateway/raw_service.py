"""A service whose every byte the test decides."""

import asyncio
import re
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
LOOK = b"GET /internal/revocations?members=lifetime HTTP/1.1\r\n"
LOOK_AT_DOCUMENT = b"GET /openapi.json HTTP/1.1\r\n"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came over the wire."""

    head: bytes
    body: bytes

    @property
    def line(self) -> bytes:
        """The request line."""
        return self.head.partition(b"\r\n")[0]

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """The header fields, as they came."""
        lines = self.head.removesuffix(HEAD_END).split(b"\r\n")[1:]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]

    def values(self, name: bytes) -> list[bytes]:
        """The values of the fields of this name."""
        return [value for field, value in self.fields if field.lower() == name]


class Peer:
    """One connection, seen from the service."""

    def __init__(
        self, service: "RawService", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.service = service
        self.reader = reader
        self.writer = writer

    async def head(self) -> bytes:
        """Read one head; what a gateway looks for by itself before it is not counted.

        A look at the document may come late, for a page of the test before; its connection ends, or
        what follows would meet the script of that test.
        """
        while True:
            head = await self.reader.readuntil(HEAD_END)
            if head.startswith(LOOK_AT_DOCUMENT) and not self.service.shows_document:
                self.service.set_aside()
                await self.answer(b"{}", status="404 Not Found", fields="connection: close\r\n")
                raise ConnectionAbortedError
            if self.service.snapshot is None or not head.startswith(LOOK):
                return head
            self.service.looks.append(head)
            self.service.set_aside()
            await self.answer(self.service.snapshot)

    async def request(self) -> Seen:
        """Read one whole request and note it."""
        head = await self.head()
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        if length:
            body = await self.reader.readexactly(int(length[1]))
        elif b"\r\ntransfer-encoding: chunked" in head:
            body = await read_chunks(self.reader)
        else:
            body = b""
        seen = Seen(head, body)
        self.service.seen.append(seen)
        return seen

    async def send(self, data: bytes) -> None:
        """Send these bytes now; raises ConnectionError."""
        if self.writer.is_closing():  # uvloop would say RuntimeError
            raise ConnectionResetError("the client is gone")
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, body: bytes = b"ok", *, status: str = "200 OK", fields: str = ""
    ) -> None:
        """Send an ordinary response."""
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{fields}\r\n"
        await self.send(head.encode("latin-1") + body)

    def close(self) -> None:
        """End the connection with FIN."""
        self.writer.close()

    def reset(self) -> None:
        """End the connection with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a chunked body without trailers."""
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


async def answer_everything(peer: Peer) -> None:
    """Answer each request with `ok`."""
    while True:
        await peer.request()
        await peer.answer()


def after_request(
    act: Callable[[Peer], Awaitable[None] | None],
) -> Callable[[Peer], Awaitable[None]]:
    """Return a script that reads one request and then does `act`."""

    async def script(peer: Peer) -> None:
        await peer.request()
        done = act(peer)
        if done is not None:
            await done

    return script


async def keep_silent(peer: Peer) -> None:
    """Take everything and say nothing."""
    while await peer.reader.read(65536):
        pass


def repeat(act: Callable[[Peer], Awaitable[None]]) -> Callable[[Peer], Awaitable[None]]:
    """Return a script that responds to each request by `act`."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await act(peer)

    return script


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, for at most five seconds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


class RawService:
    """Runs `script` for each connection."""

    def __init__(self) -> None:
        self.script: Script = answer_everything
        self.seen: list[Seen] = []
        self.accepted = 0
        self.port = 0
        self.server: asyncio.Server | None = None
        self.snapshot: bytes | None = None  # of revocations, for the gateway's looks
        self.looks: deque[bytes] = deque(maxlen=100)
        self.shows_document = False  # by its script
        self._looking: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def open(self) -> int:
        """The connections that are open."""
        return len(self._tasks)

    async def until_open(self, count: int) -> None:
        """Wait until so many connections are open, for at most five seconds."""
        async with asyncio.timeout(30):
            while self.open != count:
                self._changed.clear()
                await self._changed.wait()

    def set_aside(self) -> None:
        """No longer count this connection, which only looks for revocations."""
        task = asyncio.current_task()
        if task in self._tasks:
            self._tasks.discard(task)
            self._looking.add(task)
            self.accepted -= 1
            self._changed.set()

    async def forget(self) -> None:
        """Drop every connection that counts and go back to the beginning."""
        for task in tuple(self._tasks):
            task.cancel()
        await self.until_open(0)
        self.script, self.seen, self.accepted = answer_everything, [], 0

    async def stop_looking(self) -> None:
        """Drop the connections that do not count."""
        tasks = tuple(self._looking)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play the script for one connection, and close it at the end."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        self._changed.set()
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await self.script(Peer(self, reader, writer))
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self._tasks.discard(task)
            self._looking.discard(task)
            self._changed.set()


@asynccontextmanager
async def raw_service() -> AsyncIterator[RawService]:
    """Run a service on a free port of the loopback interface."""
    service = RawService()
    server = await asyncio.start_server(service.accept, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    service.server = server
    try:
        yield service
    finally:
        server = service.server
        server.close()
        await service.forget()
        await service.stop_looking()
        await server.wait_closed()
