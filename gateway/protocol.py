"""The protocol that meets clients, stricter where RFC 9112 asks it of a proxy."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Self

from gateway.errors import RequestTimeout
from shared.http_protocol import HttpProtocol, refusal

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request target and headers."""

LINGER: Final = 2.0
"""Seconds that a client has to read its answer before the connection is cut."""

DISCARDED: Final = 1024 * 1024
"""Bytes that it may still send of a request that is answered."""

_TIMEOUT: Final = refusal(RequestTimeout())


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """Says nothing of an answer that was cut on purpose, which we have told of."""

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log it, unless it is that."""
        if msg != "ASGI callable returned without completing response.":
            super().error(msg, *args, **kwargs)


_QUIET: Final = _Quiet(logging.getLogger("uvicorn.error"), {})


class GatewayProtocol(HttpProtocol):
    """Keeps the target as it came, bounds the head in size and time, and drops trailers.

    A target in absolute form names a host of its own that nothing behind would agree on; it, `*`
    and a fragment are refused. What stands between the pieces of a body is bounded like a head.
    """

    head_timeout = 10.0
    """Seconds to the end of a head: of the first after the connection is made, of others after
    they begin. Between requests uvicorn closes after five."""

    client_timeout = 30.0
    """Seconds that a client may leave what is sent to it unread."""

    _head_timer: asyncio.TimerHandle | None = None
    _end_timer: asyncio.TimerHandle | None = None  # of a client that does not read, or stop sending
    _discarded = 0  # bytes of a body behind its answer
    _said_goodbye = False
    _in_head = False
    _head_size = 0  # at most: the pieces that the head came in may hold more
    _framing = 0  # bytes since the last piece of a body: sizes and extensions of chunks, trailers

    @classmethod
    def within(cls, head_timeout: timedelta, client_timeout: timedelta) -> type[Self]:
        """Return the protocol with other times."""
        times = {
            "head_timeout": head_timeout.total_seconds(),
            "client_timeout": client_timeout.total_seconds(),
        }
        return type(cls.__name__, (cls,), times)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting_head()
        self._stop_ending()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse what is too long and no body, finished or not."""
        self._head_size = self._head_size + len(data) if self._in_head else len(data)
        self._framing = self._framing + len(data) if self._in_body else 0
        if self._in_body and self.cycle.response_complete:
            self._discard(len(data))
        super().data_received(data)
        if self._broken:
            return
        if max(self._head_size if self._in_head else 0, self._framing) > HEAD_LIMIT:
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
            self.cycle.transport = Cork(  # type: ignore[assignment]
                self.transport, self.loop, self._close
            )
            self.cycle.logger = _QUIET  # type: ignore[assignment]

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._discarded = 0
        if self._said_goodbye:
            self.transport.close()

    def pause_writing(self) -> None:
        """Give a client that does not read some time to do so."""
        super().pause_writing()
        self._end_after(self.client_timeout)

    def resume_writing(self) -> None:
        """Go on."""
        self._stop_ending()
        super().resume_writing()

    def _close(self) -> None:
        """Close; where a body is still on its way, only once its sender can have read the answer.

        What is unread when a connection is closed makes the other side forget what it was sent.
        """
        if not self._in_body or self.transport.is_closing():
            self.transport.close()
        elif not self._said_goodbye:
            self._said_goodbye = True
            self.transport.write_eof()
            self._end_after(LINGER)

    def _discard(self, size: int) -> None:
        """Take in what nobody will read, but not all of it."""
        self._discarded += size
        if self._discarded > DISCARDED:
            self._close()

    def _end_after(self, seconds: float) -> None:
        self._stop_ending()
        self._end_timer = self.loop.call_later(seconds, self.transport.abort)

    def _stop_ending(self) -> None:
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None

    def on_body(self, body: bytes) -> None:
        self._framing = 0
        super().on_body(body)

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

    __slots__ = ("_close", "_head", "_loop", "_transport")

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        close: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._close = close
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
        self._close()

    def is_closing(self) -> bool:
        """Tell whether the connection is about to end."""
        return self._transport.is_closing()
