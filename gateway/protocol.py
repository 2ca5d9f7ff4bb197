"""The protocol that meets clients, stricter where RFC 9112 asks it of a proxy."""

import asyncio
from typing import Final

from shared.http_protocol import HttpProtocol

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""


class GatewayProtocol(HttpProtocol):
    """Keeps the target as it came, bounds the head and drops trailers.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused.
    """

    _in_head = False
    _head_size = 0  # at most: the pieces that the head came in may hold more

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse a head that is too long, also an unfinished one."""
        self._head_size = self._head_size + len(data) if self._in_head else len(data)
        super().data_received(data)
        if self._in_head and self._head_size > HEAD_LIMIT and not self._broken:
            self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._head_size > HEAD_LIMIT and self._exact_head_size() > HEAD_LIMIT:
            raise ValueError("a head over the limit")
        if not self.url.startswith(b"/") or b"#" in self.url:
            raise ValueError("a request target that is not in origin form")
        super().on_headers_complete()
        if self._in_body:
            self.scope["target"] = self.url  # type: ignore[typeddict-unknown-key]
            self.scope["headers"] = tuple(self.headers)  # trailers would be added to the list
            self.cycle.transport = Cork(self.transport, self.loop)  # type: ignore[assignment]

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
