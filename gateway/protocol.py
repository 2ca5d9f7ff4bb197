"""The protocol that meets clients, stricter where RFC 9112 asks it of a proxy."""

import asyncio
from datetime import timedelta
from typing import Final, Self

from gateway.errors import RequestTimeout
from shared.http_protocol import HttpProtocol, refusal

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""

_TIMEOUT: Final = refusal(RequestTimeout())


class GatewayProtocol(HttpProtocol):
    """Keeps the target as it came, bounds the head in size and time, and drops trailers.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused.
    """

    head_timeout = 10.0
    """Seconds to the end of a head: of the first after the connection is made, of others after
    they begin. Between requests uvicorn closes after five."""

    _head_timer: asyncio.TimerHandle | None = None
    _in_head = False
    _head_size = 0  # at most: the pieces that the head came in may hold more

    @classmethod
    def within(cls, head_timeout: timedelta) -> type[Self]:
        """Return the protocol with another time for heads."""
        return type(cls.__name__, (cls,), {"head_timeout": head_timeout.total_seconds()})

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse a head that is too long, also an unfinished one."""
        self._head_size = self._head_size + len(data) if self._in_head else len(data)
        super().data_received(data)
        if self._broken:
            return
        if self._in_head and self._head_size > HEAD_LIMIT:
            self.send_400_response("")
        elif self._head_timer is None and (self._in_head or self.cycle.response_complete):
            self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_awaiting_head()
        if self._head_size > HEAD_LIMIT and self._exact_head_size() > HEAD_LIMIT:
            raise ValueError("a head over the limit")
        if not self.url.startswith(b"/") or b"#" in self.url:
            raise ValueError("a request target that is not in origin form")
        super().on_headers_complete()
        if self._in_body:
            self.scope["target"] = self.url  # type: ignore[typeddict-unknown-key]
            self.scope["headers"] = tuple(self.headers)  # trailers would be added to the list
            self.cycle.transport = Cork(self.transport, self.loop)  # type: ignore[assignment]

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_timeout, self._give_up)

    def _stop_awaiting_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        """Close, unless it is the client that waits: for the answers to what it asked before."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._await_head()
        elif self._in_head:
            self._refuse(_TIMEOUT)
        else:
            self.transport.close()

    def _exact_head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)


class Cork:
    """Holds the head of an answer back for as long as a body that is there takes to follow.

    uvicorn writes them one after the other, and uvloop would send each at once.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Send what is held with `data`; hold `data` if it is the first."""
        if self._head is None:
            self._head = data
            self._loop.call_soon(self.flush)
        elif not self._transport.is_closing():
            head, self._head = self._head, b""
            self._transport.write(head + data)

    def flush(self) -> None:
        """Send what is held, if there is still somebody to send it to."""
        if self._head and not self._transport.is_closing():
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Send what is held, then close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the connection is about to end."""
        return self._transport.is_closing()
