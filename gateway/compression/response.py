"""What becomes of one response: sent as it is, with a weaker ETag, or compressed.

A weak ETag would not do for If-Match, so a response with a strong one stays as it is where the path
can be written to. Only responses to GET are compressed: they carry no tokens.
"""

import zlib
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from starlette.types import Message, Send

from gateway.compression.compressor import Compressor, compressed, gzip_stream
from gateway.compression.fields import MIN_SIZE, fields_of_compressed, is_worth_it, weakened
from gateway.headers import Fields
from gateway.route import Methods, Route
from gateway.routes.gateway import GATEWAY

_WRITING = frozenset({"PUT", "PATCH", "DELETE"})


def compression_of(
    compressor: Compressor, route: Route, methods: Methods, *, head_only: bool
) -> "Compression":
    """Return what to do with the response of this route."""
    guards = not _WRITING.isdisjoint(methods)
    repeats = bool(route.cache) or route.service == GATEWAY
    return Compression(compressor, guards=guards, repeats=repeats, head_only=head_only)


class _Change(Enum):
    """What becomes of a response on its way."""

    NOTHING = auto()
    WEAKER = auto()  # it is about what was compressed
    COMPRESSED = auto()


class Compression:
    """Of one response: as a whole, or as the ASGI `send` that `wrap` returns."""

    __slots__ = ("_compressor", "_guards", "_head_only", "_repeats")

    def __init__(
        self, compressor: Compressor, *, guards: bool, repeats: bool, head_only: bool
    ) -> None:
        self._compressor = compressor
        self._guards = guards
        self._repeats = repeats
        self._head_only = head_only

    def without_waiting(
        self, status: int, fields: Fields, body: bytes
    ) -> tuple[Fields, bytes] | None:
        """Return fields and body of a whole response as they go out, unless that takes time."""
        change = self.change(status, fields)
        if change is _Change.WEAKER:
            return [weakened(field) for field in fields], body
        if change is _Change.COMPRESSED and self._head_only:
            return fields_of_compressed(fields), body
        if change is _Change.NOTHING or len(body) < MIN_SIZE:
            return fields, body
        packed = self._compressor.without_waiting(body, repeats=self._repeats)
        if packed is None:
            return None
        return fields_of_compressed(fields, packed), packed

    async def whole(self, fields: Fields, body: bytes) -> tuple[Fields, bytes]:
        """Return fields and body compressed, however long that takes."""
        packed = await self._compressor.whole(body, repeats=self._repeats)
        return fields_of_compressed(fields, packed), packed

    def change(self, status: int, fields: Fields) -> _Change:
        """Return what is to be done with a response."""
        strong = any(name == b"etag" and not value.startswith(b"W/") for name, value in fields)
        if strong and self._guards:
            return _Change.NOTHING
        if status == HTTPStatus.NOT_MODIFIED:
            return _Change.WEAKER
        worth_it = status == HTTPStatus.OK and is_worth_it(fields)
        return _Change.COMPRESSED if worth_it else _Change.NOTHING

    def wrap(self, send: Send) -> Send:
        """Return a `send` that compresses what it may."""
        return _Compressed(send, self, head_only=self._head_only)


class _Compressed:
    """Its head waits for the first piece of the body."""

    __slots__ = ("_compression", "_head_only", "_send", "_start", "_stream")

    def __init__(self, send: Send, compression: Compression, *, head_only: bool) -> None:
        self._send = send
        self._compression = compression
        self._head_only = head_only
        self._start: Message | None = None
        self._stream: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is not None:
            start, self._start = self._start, None
            await self._first(start, message)
        elif self._stream is not None:
            await self._piece(message)
        else:
            await self._send(message)

    async def _begin(self, start: Message) -> None:
        fields: Fields = start["headers"]
        change = self._compression.change(start["status"], fields)
        if change is _Change.WEAKER:
            await self._send({**start, "headers": [weakened(field) for field in fields]})
        elif change is _Change.NOTHING:
            await self._send(start)
        elif self._head_only:
            await self._send({**start, "headers": fields_of_compressed(fields)})
        else:
            self._start = start

    async def _first(self, start: Message, message: Message) -> None:
        fields: Fields = start["headers"]
        if message.get("more_body", False):
            self._stream = gzip_stream()
            await self._send({**start, "headers": fields_of_compressed(fields)})
            await self._piece(message)
            return
        body = message.get("body", b"")
        if len(body) >= MIN_SIZE:
            fields, body = await self._compression.whole(fields, body)
        await self._send({**start, "headers": fields})
        await self._send({"type": "http.response.body", "body": body})

    async def _piece(self, message: Message) -> None:
        """Send what there is immediately: a client may wait for a line of a stream."""
        more = message.get("more_body", False)
        mode = zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH
        packed = await compressed(self._stream, message.get("body", b""), mode)
        await self._send({"type": "http.response.body", "body": packed, "more_body": more})
