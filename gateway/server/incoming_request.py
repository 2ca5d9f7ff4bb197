"""One request of a client as its bytes come in: its head, and its body piece by piece."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol
from urllib.parse import unquote

from starlette.types import Message, Scope

from gateway.headers import Fields

HIGH_WATER: Final = 64 * 1024
"""Bytes of a request's body that may wait to be read."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class ReadingConnection(Protocol):
    """The client's connection, as far as a request that comes in uses it."""

    @property
    def peer(self) -> tuple[str, int] | None:
        """The address at the other end."""

    @property
    def state(self) -> dict[str, Any]:
        """The state of the server's lifespan."""

    def write(self, data: bytes) -> None:
        """Send `data`, or keep it until the client reads."""

    def read_on(self) -> None:
        """Take in more of the body."""

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it in a task."""


class IncomingRequest:
    """`receive` is ASGI's.

    `gone`: the client does not wait for the response any more. `status` is that of the response,
    and 0 until it begins; `complete` when it has ended. Both are written by `ClientExchange` alone.
    """

    __slots__ = (
        "_body",
        "_connection",
        "_end_delivered",
        "_expects_continue",
        "_received",
        "complete",
        "fields",
        "gone",
        "http_1_1",
        "method",
        "path",
        "query",
        "status",
        "target",
        "whole",
    )

    def __init__(
        self,
        connection: ReadingConnection,
        method: str,
        target: bytes,
        fields: Fields,
        *,
        http_1_1: bool,
        expects_continue: bool,
    ) -> None:
        """`http_1_1`: of that version and no less. `target` is in origin form."""
        self.method = method
        self.target = target
        self.path, _, self.query = target.partition(b"?")
        self.fields = fields
        self.http_1_1 = http_1_1
        self.whole = False  # the request has come to its end
        self.gone = False
        self.status = 0
        self.complete = False
        self._connection = connection
        self._expects_continue = expects_continue
        self._body = bytearray()
        self._end_delivered = False
        self._received: asyncio.Event | None = None  # a piece, or the end; made when wanted

    @property
    def peer(self) -> tuple[str, int] | None:
        """The client's address, as far as the connection knows."""
        return self._connection.peer

    def replace_fields(self, fields: Fields) -> None:
        """Have these fields in the place of those that came."""
        self.fields = fields

    def scope(self) -> Scope:
        """Return the ASGI scope."""
        path = self.path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1" if self.http_1_1 else "1.0",
            "server": None,
            "client": self.peer,
            "scheme": "http",
            "root_path": "",
            "headers": self.fields,
            "method": self.method,
            "path": unquote(path) if "%" in path else path,
            "raw_path": self.path,
            "query_string": self.query,
            "state": self._connection.state.copy(),
        }

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work for this request in a task."""
        self._connection.run(work)

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
        """Tell whether the client does not wait for the response any more."""
        return self.gone

    async def receive(self) -> Message:
        """Return the next piece of the body, then wait for the client to leave."""
        if self._expects_continue:
            self._expects_continue = False
            if not (self.status or self.gone):
                self._connection.write(_CONTINUE)
        while not (self.gone or self.complete):
            if self._body or (self.whole and not self._end_delivered):
                body, self._body = bytes(self._body), bytearray()
                self._end_delivered = self.whole
                return {"type": "http.request", "body": body, "more_body": not self.whole}
            self._connection.read_on()
            if self._received is None:
                self._received = asyncio.Event()
            self._received.clear()
            await self._received.wait()
        return {"type": "http.disconnect"}

    def _wake(self) -> None:
        if self._received is not None:
            self._received.set()
