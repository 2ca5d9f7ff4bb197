"""One request of a client and the response to it, as the bytes of RFC 9112."""

import asyncio
from typing import Final, Protocol

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.headers import Fields
from gateway.server.incoming_request import IncomingRequest, ReadingConnection

_CLOSE: Final = b"connection: close\r\n"
_ENDS: Final = b"\r\n\0"  # of lines, and of what some recipients take for their end
_BODILESS: Final = frozenset({204, 304})


class ExchangeConnection(ReadingConnection, Protocol):
    """The client's connection, as far as an exchange uses it."""

    @property
    def common(self) -> tuple[bytes, bool]:
        """The fields of every response as they go out, and whether they end the connection."""

    async def drain(self) -> None:
        """Wait while the client does not read."""

    def close(self) -> None:
        """End the connection, once the client can have read what it was sent."""

    def response_ended(self, exchange: "ClientExchange") -> None:
        """Continue with the next request: the response to this one is complete."""


class ClientExchange(IncomingRequest):
    """`send` is ASGI's; `respond` sends a whole response without waiting."""

    __slots__ = ("_chunked", "_client", "_held", "_left", "keep_alive")

    def __init__(
        self,
        connection: ExchangeConnection,
        method: str,
        target: bytes,
        fields: Fields,
        *,
        http_1_1: bool,
        keep_alive: bool,
        expects_continue: bool,
    ) -> None:
        """`http_1_1`: of that version and no less. `target` is in origin form."""
        IncomingRequest.__init__(
            self,
            connection,
            method,
            target,
            fields,
            http_1_1=http_1_1,
            expects_continue=expects_continue,
        )
        self.keep_alive = keep_alive
        self._client = connection
        self._held: bytes | None = None  # the head of the response, until something follows
        self._left: int | None = None  # bytes to come of the response's body, if that is known
        self._chunked = False

    def respond(self, status: int, fields: Fields, body: bytes) -> None:
        """Send a whole response; raises ValueError for one that is none."""
        if self.gone:
            return
        head = self._head(status, fields, len(body))
        self._client.write(head if self._bodiless else head + body)
        self._left = 0
        self._end()

    async def send(self, message: Message) -> None:
        """Send a piece of a response; its head waits until the loop turns for what follows it."""
        await self._client.drain()
        if self.gone:
            return
        if message["type"] == "http.response.start":
            self._held = self._head(message["status"], message["headers"], None)
            asyncio.get_running_loop().call_soon(self.flush)
            return
        more = message.get("more_body", False)
        piece = self._framed(message.get("body", b""), more=more)
        if self._held is not None:
            piece, self._held = self._held + piece, None
        if piece:
            self._client.write(piece)
        if not more:
            if self._left:
                raise ValueError("a body shorter than its content-length")
            self._end()

    def flush(self) -> None:
        """Send the head that waits, if the client is still there."""
        if self._held is not None and not self.gone:
            head, self._held = self._held, None
            self._client.write(head)

    def cut(self) -> None:
        """Let the client see that the response is not whole, unless it is."""
        if not (self.complete or self.gone):
            self.flush()
            self._client.close()

    @property
    def _bodiless(self) -> bool:
        return self.method == "HEAD" or self.status in _BODILESS

    def _head(self, status: int, fields: Fields, size: int | None) -> bytes:
        """Return the head of a response, framed for a body of `size` bytes if that is known."""
        if self.status:
            raise ValueError("another response to the same request")
        common, closing = self._client.common
        length: bytes | None = None
        named = closing  # there is a Connection field
        lines: list[bytes] = []
        for name, value in fields:
            if name == b"content-length":
                length = value
            elif name == b"connection":
                named = closing = closing or value == b"close"
            lines += (name, b": ", value, b"\r\n")
        written = b"".join(lines)
        if len(written.translate(None, _ENDS)) != len(written) - 2 * len(fields):
            raise ValueError("a field that is none")
        self.status = status
        framing = b"" if self._bodiless else self._framing(length, size)
        if closing or not self.whole:  # its rest must not be taken for a request
            self.keep_alive = False
        ending = b"\r\n" if self.keep_alive or named else _CLOSE + b"\r\n"
        return b"".join((STATUS_LINE[status], common, written, framing, ending))

    def _framing(self, length: bytes | None, size: int | None) -> bytes:
        """Decide how the end of the body is known; return the field for it, if one is needed."""
        if length is not None:
            self._left = int(length)
            if size is not None and size != self._left:
                raise ValueError("a body of another length than its content-length")
            return b""
        if size is not None:
            self._left = size
            return b"content-length: %d\r\n" % size
        if self.http_1_1:
            self._chunked = True
            return b"transfer-encoding: chunked\r\n"
        self.keep_alive = False
        return b""

    def _framed(self, piece: bytes, *, more: bool) -> bytes:
        if not self.status or self.complete:
            raise ValueError("a piece of no response")
        if self._bodiless:
            return b""
        if self._chunked:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
            return framed if more else framed + b"0\r\n\r\n"
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise ValueError("a body longer than its content-length")
        return piece

    def _end(self) -> None:
        self.complete = True
        self._body = bytearray()
        self._wake()
        self._client.response_ended(self)
