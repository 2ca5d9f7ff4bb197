"""One request of a client and the answer to it, as the bytes of RFC 9112."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol
from urllib.parse import unquote

from starlette.types import Message, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.headers import Fields

HIGH_WATER: Final = 64 * 1024
"""Bytes of a request's body that may wait for whoever reads them."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSE: Final = b"connection: close\r\n"
_ENDS: Final = b"\r\n\0"  # of lines, and of what some read of them
_BODILESS: Final = frozenset({204, 304})


class Line(Protocol):
    """The client's connection, as far as an exchange uses it."""

    @property
    def common(self) -> tuple[bytes, bool]:
        """The fields of every answer as they go out, and whether they end the connection."""

    @property
    def peer(self) -> tuple[str, int] | None:
        """Who is at the other end."""

    @property
    def state(self) -> dict[str, Any]:
        """What the server's lifespan has to tell."""

    def write(self, data: bytes) -> None:
        """Send `data`, or keep it until the client reads."""

    async def drain(self) -> None:
        """Wait while the client does not read."""

    def read_on(self) -> None:
        """Take in more of the body."""

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it in a task."""

    def close(self) -> None:
        """End the connection, once the client can have read what it was sent."""

    def answered(self, exchange: "ClientExchange") -> None:
        """Go on with the next request: the answer to this one is complete."""


class ClientExchange:
    """`receive` and `send` are ASGI's; `answer` sends a whole answer without waiting.

    `status` is 0 until the answer begins. `gone`: nobody waits for it any more.
    """

    __slots__ = (
        "_body",
        "_chunked",
        "_expects_continue",
        "_held",
        "_left",
        "_line",
        "_news",
        "_told_whole",
        "complete",
        "fields",
        "gone",
        "keep_alive",
        "method",
        "modern",
        "path",
        "query",
        "status",
        "target",
        "whole",
    )

    def __init__(
        self,
        line: Line,
        method: str,
        target: bytes,
        fields: Fields,
        *,
        modern: bool,
        keep_alive: bool,
        expects_continue: bool,
    ) -> None:
        """`modern`: HTTP/1.1 and no less. `target` is in origin form."""
        self.method = method
        self.target = target
        self.path, _, self.query = target.partition(b"?")
        self.fields = fields
        self.modern = modern
        self.keep_alive = keep_alive
        self.whole = False  # the request has come to its end
        self.gone = False
        self.status = 0
        self.complete = False  # the answer is
        self._line = line
        self._expects_continue = expects_continue
        self._body = bytearray()
        self._told_whole = False
        self._news: asyncio.Event | None = None  # of the body, or of its end; made when wanted
        self._held: bytes | None = None  # the head of the answer, until something follows
        self._left: int | None = None  # bytes to come of the answer's body, where that is known
        self._chunked = False

    @property
    def peer(self) -> tuple[str, int] | None:
        """Who asks, as far as the connection knows."""
        return self._line.peer

    def scope(self) -> Scope:
        """Return the ASGI scope."""
        path = self.path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1" if self.modern else "1.0",
            "server": None,
            "client": self.peer,
            "scheme": "http",
            "root_path": "",
            "headers": self.fields,
            "method": self.method,
            "path": unquote(path) if "%" in path else path,
            "raw_path": self.path,
            "query_string": self.query,
            "state": self._line.state.copy(),
        }

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work for this request in a task."""
        self._line.run(work)

    # -- the request

    def take_in(self, piece: bytes) -> bool:
        """Keep a piece of the body; tell whether no more should come for now."""
        if not self.complete:
            self._body += piece
            self._wake()
        return len(self._body) > HIGH_WATER

    def end_request(self) -> None:
        """The request is whole."""
        self.whole = True
        self._wake()

    def lose(self) -> None:
        """The client has left, or what it sends makes no sense."""
        self.gone = True
        self._wake()

    def is_gone(self) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return self.gone

    async def receive(self) -> Message:
        """Return the next piece of the body, then wait for the client to leave."""
        if self._expects_continue:
            self._expects_continue = False
            if not (self.status or self.gone):
                self._line.write(_CONTINUE)
        while not (self.gone or self.complete):
            if self._body or (self.whole and not self._told_whole):
                body, self._body = bytes(self._body), bytearray()
                self._told_whole = self.whole
                return {"type": "http.request", "body": body, "more_body": not self.whole}
            self._line.read_on()
            if self._news is None:
                self._news = asyncio.Event()
            self._news.clear()
            await self._news.wait()
        return {"type": "http.disconnect"}

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()

    # -- the answer

    def answer(self, status: int, fields: Fields, body: bytes) -> None:
        """Send a whole answer; raises ValueError for one that is none."""
        if self.gone:
            return
        head = self._head(status, fields, len(body))
        self._line.write(head if self._bodiless else head + body)
        self._left = 0
        self._end()

    async def send(self, message: Message) -> None:
        """Send a piece of an answer; its head waits until the loop turns for what follows it."""
        await self._line.drain()
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
            self._line.write(piece)
        if not more:
            if self._left:
                raise ValueError("a body shorter than was said")
            self._end()

    def flush(self) -> None:
        """Send the head that waits, if there is still somebody to send it to."""
        if self._held is not None and not self.gone:
            head, self._held = self._held, None
            self._line.write(head)

    def cut(self) -> None:
        """Let the client see that the answer is not whole, unless it is."""
        if not (self.complete or self.gone):
            self.flush()
            self._line.close()

    @property
    def _bodiless(self) -> bool:
        return self.method == "HEAD" or self.status in _BODILESS

    def _head(self, status: int, fields: Fields, size: int | None) -> bytes:
        """Return the head of an answer, framed for a body of `size` bytes where that is known."""
        if self.status:
            raise ValueError("another answer to the same request")
        common, closing = self._line.common
        length: bytes | None = None
        told = closing
        lines: list[bytes] = []
        for name, value in fields:
            if name == b"content-length":
                length = value
            elif name == b"connection":
                told = closing = closing or value == b"close"
            lines += (name, b": ", value, b"\r\n")
        written = b"".join(lines)
        if len(written.translate(None, _ENDS)) != len(written) - 2 * len(fields):
            raise ValueError("a field that is none")
        self.status = status
        framing = b"" if self._bodiless else self._framing(length, size)
        if closing or not self.whole:  # nobody may take its rest for a request
            self.keep_alive = False
        ending = b"\r\n" if self.keep_alive or told else _CLOSE + b"\r\n"
        return b"".join((STATUS_LINE[status], common, written, framing, ending))

    def _framing(self, length: bytes | None, size: int | None) -> bytes:
        """Decide how the end of the body is known; return what there is to say of it."""
        if length is not None:
            self._left = int(length)
            if size is not None and size != self._left:
                raise ValueError("a body of another length than was said")
            return b""
        if size is not None:
            self._left = size
            return b"content-length: %d\r\n" % size
        if self.modern:
            self._chunked = True
            return b"transfer-encoding: chunked\r\n"
        self.keep_alive = False
        return b""

    def _framed(self, piece: bytes, *, more: bool) -> bytes:
        if not self.status or self.complete:
            raise ValueError("a piece of no answer")
        if self._bodiless:
            return b""
        if self._chunked:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
            return framed if more else framed + b"0\r\n\r\n"
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise ValueError("a body longer than was said")
        return piece

    def _end(self) -> None:
        self.complete = True
        self._body = bytearray()
        self._wake()
        self._line.answered(self)
