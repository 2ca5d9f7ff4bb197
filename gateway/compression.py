"""Answers compressed on their way out, for clients that ask, where the service has not done it.

What is compressed is another representation: its strong ETag becomes a weak one (RFC 9110 section
8.8.3). A weak one would not do for If-Match, so an answer with a strong ETag stays as it is where
the path can be written to. Only answers to GET are compressed: they carry no tokens.
"""

import asyncio
import re
import zlib
from collections.abc import Iterable
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from starlette.types import Message, Send

from gateway.headers import Fields
from gateway.routes import Methods, Route, Service
from shared.field_values import weights

VARY: tuple[bytes, bytes] = (b"vary", b"Accept-Encoding")
MIN_SIZE = 1024
"""Bytes of a body that are worth it."""

INLINE = 16 * 1024
"""Bytes that are compressed at once; for more the event loop does not wait."""

MEMORY = 4 * 1024 * 1024
"""Bytes of compressed bodies that are kept, of those that are sent again and again."""

_LEVEL = 1  # the next levels take twice the time for a twentieth less
_GZIP = zlib.MAX_WBITS | 16
_TYPES = re.compile(
    rb"(?:text/(?!event-stream\b)[a-z0-9.+-]+|image/svg\+xml"
    rb"|application/(?:json|jsonl|ndjson|x-ndjson|javascript|xml|[a-z0-9.-]+\+(?:json|xml)))"
    rb"[ \t]*(?:;|$)",
    re.IGNORECASE,
)
_NO_TRANSFORM = re.compile(rb"(?:^|[,\s])no-transform(?:[,\s]|$)", re.IGNORECASE)
_WRITING = frozenset({"PUT", "PATCH", "DELETE"})
_ACCEPT_LIMIT = 1024
"""Bytes of what a client accepts; to one that says more nothing is compressed."""


def accepts_gzip(accept_encoding: Iterable[bytes]) -> bool:
    """Tell whether these Accept-Encoding fields name gzip, or `*`, and do not refuse it."""
    value = b",".join(accept_encoding)
    return len(value) <= _ACCEPT_LIMIT and _accepts_gzip(value)


@lru_cache(maxsize=128)
def _accepts_gzip(value: bytes) -> bool:
    weight = dict(weights([value.decode("latin-1")]))
    return weight.get("gzip", weight.get("x-gzip", weight.get("*", 0.0))) > 0


class Compressor:
    """Compresses for clients that take gzip, and keeps what is sent again and again."""

    def __init__(self) -> None:
        self._kept: dict[bytes, bytes] = {}
        self._size = 0

    def of(self, route: Route, methods: Methods, *, head_only: bool) -> "Compression":
        """Return what to do with the answer of this route."""
        guards = not _WRITING.isdisjoint(methods)
        again = bool(route.cache) or route.service is Service.GATEWAY
        return Compression(self, guards=guards, again=again, head_only=head_only)

    def at_once(self, body: bytes, *, again: bool) -> bytes | None:
        """Return `body` compressed, unless that takes time."""
        packed = self._kept.get(body) if again else None
        if packed is None and len(body) <= INLINE:
            packed = _pack(zlib.compressobj(_LEVEL, wbits=_GZIP), body, zlib.Z_FINISH)
            if again:
                self._keep(body, packed)
        return packed

    async def whole(self, body: bytes, *, again: bool) -> bytes:
        """Return `body` compressed; with `again` it is kept for when the same is sent again."""
        packed = self.at_once(body, again=again)
        if packed is None:
            packed = await compressed(zlib.compressobj(_LEVEL, wbits=_GZIP), body, zlib.Z_FINISH)
            if again:
                self._keep(body, packed)
        return packed

    def _keep(self, body: bytes, packed: bytes) -> None:
        if len(body) + len(packed) > MEMORY or body in self._kept:
            return
        self._kept[body] = packed
        self._size += len(body) + len(packed)
        while self._size > MEMORY:
            oldest = next(iter(self._kept))
            self._size -= len(oldest) + len(self._kept.pop(oldest))


async def compressed(stream: Any, piece: bytes, mode: int) -> bytes:
    """Return what a stream makes of a piece and ends it by `mode`, beside the loop if it is long.

    zlib lets go of the interpreter meanwhile.
    """
    if len(piece) <= INLINE:
        return _pack(stream, piece, mode)
    return await asyncio.get_running_loop().run_in_executor(None, _pack, stream, piece, mode)


def _pack(stream: Any, piece: bytes, mode: int) -> bytes:
    packed: bytes = stream.compress(piece) + stream.flush(mode)
    return packed


class _Change(Enum):
    """What becomes of an answer on its way."""

    NOTHING = auto()
    WEAKER = auto()  # it is said of what was compressed
    COMPRESSED = auto()


class Compression:
    """Of one answer: as a whole, or as the ASGI `send` that `wrap` returns."""

    __slots__ = ("_again", "_compressor", "_guards", "_head_only")

    def __init__(
        self, compressor: Compressor, *, guards: bool, again: bool, head_only: bool
    ) -> None:
        self._compressor = compressor
        self._guards = guards
        self._again = again
        self._head_only = head_only

    def at_once(self, status: int, fields: Fields, body: bytes) -> tuple[Fields, bytes] | None:
        """Return fields and body of a whole answer as they go out, unless that takes time."""
        change = self.change(status, fields)
        if change is _Change.WEAKER:
            return [_weakened(field) for field in fields], body
        if change is _Change.COMPRESSED and self._head_only:
            return _fields_of_compressed(fields), body
        if change is _Change.NOTHING or len(body) < MIN_SIZE:
            return fields, body
        packed = self._compressor.at_once(body, again=self._again)
        if packed is None:
            return None
        return [*_fields_of_compressed(fields), _length(packed)], packed

    async def whole(self, fields: Fields, body: bytes) -> tuple[Fields, bytes]:
        """Return fields and body compressed, however long that takes."""
        packed = await self._compressor.whole(body, again=self._again)
        return [*_fields_of_compressed(fields), _length(packed)], packed

    def change(self, status: int, fields: Fields) -> _Change:
        """Return what is to be done with an answer."""
        strong = any(name == b"etag" and not value.startswith(b"W/") for name, value in fields)
        if strong and self._guards:
            return _Change.NOTHING
        if status == HTTPStatus.NOT_MODIFIED:
            return _Change.WEAKER
        worth_it = status == HTTPStatus.OK and _is_worth_it(fields)
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
            await self._send({**start, "headers": [_weakened(field) for field in fields]})
        elif change is _Change.NOTHING:
            await self._send(start)
        elif self._head_only:
            await self._send({**start, "headers": _fields_of_compressed(fields)})
        else:
            self._start = start

    async def _first(self, start: Message, message: Message) -> None:
        fields: Fields = start["headers"]
        if message.get("more_body", False):
            self._stream = zlib.compressobj(_LEVEL, wbits=_GZIP)
            await self._send({**start, "headers": _fields_of_compressed(fields)})
            await self._piece(message)
            return
        body = message.get("body", b"")
        if len(body) >= MIN_SIZE:
            fields, body = await self._compression.whole(fields, body)
        await self._send({**start, "headers": fields})
        await self._send({"type": "http.response.body", "body": body})

    async def _piece(self, message: Message) -> None:
        """Send what there is at once: whoever waits for a line of a stream gets it."""
        more = message.get("more_body", False)
        mode = zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH
        packed = await compressed(self._stream, message.get("body", b""), mode)
        await self._send({"type": "http.response.body", "body": packed, "more_body": more})


def _is_worth_it(fields: Fields) -> bool:
    """Tell whether an answer is text that is long enough and that may be changed."""
    found = dict(fields)
    if b"content-encoding" in found or b"content-range" in found:
        return False
    if int(found.get(b"content-length", MIN_SIZE)) < MIN_SIZE:
        return False
    if any(name == b"cache-control" and _NO_TRANSFORM.search(value) for name, value in fields):
        return False
    return _TYPES.match(found.get(b"content-type", b"")) is not None


def _length(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", b"%d" % len(body))


def _fields_of_compressed(fields: Fields) -> Fields:
    kept = [_weakened(field) for field in fields if field[0] not in _OF_THE_BYTES]
    return [*kept, (b"content-encoding", b"gzip")]


_OF_THE_BYTES = frozenset({b"content-length", b"accept-ranges", b"content-md5", b"content-digest"})


def _weakened(field: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = field
    return (name, b"W/" + value) if name == b"etag" and not value.startswith(b"W/") else field
