"""A client that says exactly these bytes, and notices how a response ends."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httptools

from testing.tokens import access_token

PRODUCTS = "GET /api/v1/products"
LOGIN = "POST /api/v1/auth/login"
IMPORT = "POST /api/v1/products/import"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response. `clean` says that it ended where it should."""

    status: int
    fields: list[tuple[bytes, bytes]]
    body: bytes
    clean: bool

    def values(self, name: bytes) -> list[bytes]:
        """The values of the fields of this name."""
        return [value for field, value in self.fields if field.lower() == name]

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class _Collector:
    def __init__(self) -> None:
        self.fields: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.headed = self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = True


class RawClient:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send these bytes now."""
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, *, head_only: bool = False) -> Reply:
        """Read one response, or what there is of it."""
        collector = _Collector()
        parser = httptools.HttpResponseParser(collector)
        async with asyncio.timeout(20):
            while not (collector.complete or (head_only and collector.headed)):
                try:
                    data = await self.reader.read(65536)
                except ConnectionError:
                    data = b""
                if not data:
                    break
                parser.feed_data(data)
        clean = collector.complete or (head_only and collector.headed)
        status = parser.get_status_code() if collector.headed else 0
        return Reply(status, collector.fields, collector.body, clean)

    async def ask(self, data: bytes) -> Reply:
        """Send a request and read its response."""
        await self.send(data)
        return await self.reply(head_only=data.startswith(b"HEAD "))

    def reset(self) -> None:
        """End the connection with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[RawClient]:
    """Connect to the gateway."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def ask(port: int, data: bytes) -> Reply:
    """Send one request on a connection of its own and read the response."""
    async with connected(port) as client:
        return await client.ask(data)


def request(line: str, *fields: str, body: bytes = b"") -> bytes:
    """Write a request to the gateway; with a body, also its length."""
    length = (f"content-length: {len(body)}",) if body else ()
    head = "\r\n".join([f"{line} HTTP/1.1", "host: shop.example", *fields, *length, "", ""])
    return head.encode("latin-1") + body


def signed_in(line: str, *fields: str, body: bytes = b"") -> bytes:
    """Write a request with a good token."""
    return request(line, f"authorization: Bearer {access_token()}", *fields, body=body)


def manager(sub: str | None = None, **claims: Any) -> str:
    """Write the field with a token of somebody who may upload; another each time, without `sub`."""
    claims = {"roles": ["manager"], **({} if sub is None else {"sub": sub}), **claims}
    return f"authorization: Bearer {access_token(**claims)}"


def upload(*fields: str, body: bytes = b"") -> bytes:
    """Write an import of a manager's."""
    return request(IMPORT, manager(), *fields, body=body)
