"""A client of HTTP/2 whose every frame the test decides."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset


@dataclass(slots=True)
class Stream:
    """A response as far as it has come; a status of 0 is that of none."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    headed: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Http2Client:
    """One connection; streams are requests on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._h2 = H2Connection(H2Configuration(client_side=True))
        self._streams: dict[int, Stream] = {}

    def begin(
        self, method: str, path: str, *fields: tuple[str, str], is_whole: bool = True
    ) -> tuple[int, Stream]:
        """Send the head of a request; `is_whole` where no body follows."""
        number = self._h2.get_next_available_stream_id()
        pseudo = [(":method", method), (":path", path), (":scheme", "https")]
        head = [*pseudo, (":authority", "localhost"), *fields]
        self._streams[number] = stream = Stream()
        self._h2.send_headers(number, head, end_stream=is_whole)
        self._flush()
        return number, stream

    def send(self, number: int, data: bytes, *, is_last: bool = False) -> None:
        """Send a piece of a body, of at most 16 KiB."""
        with suppress(Exception):  # who is refused may be reset meanwhile
            self._h2.send_data(number, data, end_stream=is_last)
            self._flush()

    def reset(self, number: int) -> None:
        """Give a stream up."""
        with suppress(Exception):
            self._h2.reset_stream(number)
            self._flush()

    def leave(self) -> None:
        """End the connection immediately, whatever is under way."""
        self._writer.transport.abort()

    async def get(self, path: str, *fields: tuple[str, str]) -> Stream:
        """Ask, and wait for the whole response."""
        _, stream = self.begin("GET", path, *fields)
        await stream.over.wait()
        return stream

    async def post(self, path: str, body: bytes, *fields: tuple[str, str]) -> Stream:
        """Send a small body, and wait for the whole response."""
        length = ("content-length", str(len(body)))
        number, stream = self.begin("POST", path, length, *fields, is_whole=False)
        self.send(number, body, is_last=True)
        await stream.over.wait()
        return stream

    async def read(self) -> None:
        """Take in what comes, until the end."""
        with suppress(ConnectionError, ssl.SSLError):
            while data := await self._reader.read(65536):
                for event in self._h2.receive_data(data):
                    self._take_in(event)
                self._flush()
        for stream in self._streams.values():
            stream.headed.set()
            stream.over.set()

    def start(self) -> None:
        """Begin the connection."""
        self._h2.initiate_connection()
        self._flush()

    def _take_in(self, event: object) -> None:
        match event:
            case ResponseReceived(stream_id=number, headers=fields):
                stream = self._streams[number]
                stream.status = int(dict(fields)[b":status"])
                stream.headed.set()
            case DataReceived(stream_id=number, data=data, flow_controlled_length=size):
                self._streams[number].body += data
                self._h2.acknowledge_received_data(size, number)
            case StreamEnded(stream_id=number) | StreamReset(stream_id=number):
                self._streams[number].headed.set()
                self._streams[number].over.set()
            case ConnectionTerminated():
                self._writer.close()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._writer.is_closing():
            self._writer.write(data)


@asynccontextmanager
async def http2(port: int, trusting: ssl.SSLContext) -> AsyncIterator[Http2Client]:
    """Connect to localhost; at the end, close."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trusting, server_hostname="localhost"
    )
    client = Http2Client(reader, writer)
    client.start()
    reading = asyncio.create_task(client.read())
    try:
        yield client
    finally:
        reading.cancel()
        writer.transport.abort()
        await asyncio.gather(reading, return_exceptions=True)
