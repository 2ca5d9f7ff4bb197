"""The protocol that meets clients: the requests of a connection, served one after the other.

It takes the place of uvicorn's own below uvicorn's server, which accepts connections, keeps the
date and ends the process.
"""

import asyncio
from collections import deque
from datetime import timedelta
from math import inf
from typing import Any, Final, Protocol, Self, cast

from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.errors import RequestTimeout
from gateway.server.connection import ClientConnection
from gateway.server.exchange import ClientExchange
from gateway.server.request_parser import RequestReader
from shared.http.protocol import BAD_REQUEST, GOODBYE, refusal

_TIMEOUT: Final = refusal(RequestTimeout())


class Application(Protocol):
    """What is served."""

    def begin(self, client: ClientExchange) -> None:
        """Respond to a request, now or later; whatever happens ends in a response."""

    def note_invalid(self, peer: tuple[str, int] | None) -> None:
        """Log that what came from `peer` is no request."""


class GatewayProtocol(ClientConnection):
    """Decides whose turn it is, bounds the time of heads, and closes after the last response."""

    head_timeout = 10.0
    """Seconds to the end of a head: of the first after the connection is made, of others after
    they begin."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(server_state, app_state, _loop or asyncio.get_running_loop())
        self._app = cast(Application, config.loaded_app)
        self._idle_timeout = config.timeout_keep_alive
        self._reader = RequestReader(self)
        self._awaits_head = False
        self._broken = False  # nothing that comes makes sense any more
        self._current: ClientExchange | None = None  # has no response yet, or is the last one
        self._waiting: deque[ClientExchange] = deque()
        self._beginning = False
        self._no_more_requests = False  # the client has announced that it sends nothing more

    @classmethod
    def within(cls, head_timeout: timedelta, client_timeout: timedelta) -> type[Self]:
        """Return the protocol with other times."""
        times = {
            "head_timeout": head_timeout.total_seconds(),
            "client_timeout": client_timeout.total_seconds(),
        }
        return type(cls.__name__, (cls,), times)

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._deadlines.read_within(self.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._broken = True
        self._waiting.clear()
        if self._current is not None:
            self._current.lose()
            self._current = None  # it refers back to this
        self._reader.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, and refuse what makes no sense, finished or not."""
        if self._closing:
            self._discard(len(data))
        elif not self._broken:
            self._go_on(makes_sense=self._reader.feed(data))

    def _go_on(self, *, makes_sense: bool) -> None:
        if self._closing:  # after a request that was read just now
            return
        if not makes_sense:
            self._app.note_invalid(self.peer)
            self._break()
            return
        self._begin_next()
        if not self._awaits_head and (self._reader.in_head or self._is_idle):
            self._awaits_head = True
            self._deadlines.read_within(self.head_timeout)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._begin_next()

    # -- request_parser.Listener

    def head_received(self, exchange: ClientExchange) -> None:
        if self._closing:
            return
        self._awaits_head = False
        self._deadlines.read_within(inf)
        self._no_more_requests = not exchange.keep_alive
        self._waiting.append(exchange)

    def request_received(self) -> None:
        self._begin_next()

    # -- exchange.ExchangeConnection

    def read_on(self) -> None:
        if not self._waiting:
            self._resume_reading()

    def response_ended(self, exchange: ClientExchange) -> None:
        self._server.total_requests += 1
        if not exchange.keep_alive:
            self.close()
        elif self._waiting:
            self._begin_next()
        elif self._broken:
            self._refuse()
        elif not self._transport.is_closing():
            self._resume_reading()
            self._awaits_head = False
            self._deadlines.read_within(self._idle_timeout)

    def close(self) -> None:
        """Close; where more may be on its way, only once its sender can have read the response."""
        if self._transport.is_closing() or self._closing:
            return
        if self._no_more_requests and self._reader.incoming is None:
            self._transport.close()
        else:
            self._begin_closing()

    # -- uvicorn.Server

    def shutdown(self) -> None:
        """End the connection; an idle one after a while, in which a last request may come.

        Its response says `Connection: close`; closing immediately would lose it.
        """
        if self._is_idle:
            self._loop.call_later(GOODBYE, self._end_soon)
        else:
            self._end_soon()

    def _end_soon(self) -> None:
        if self._is_idle:
            self._transport.close()
        elif self._current is not None:
            self._current.keep_alive = False

    # -- one after the other

    @property
    def _is_idle(self) -> bool:
        """No request waits for its response."""
        return not self._waiting and (self._current is None or self._current.complete)

    def _begin_next(self) -> None:
        """Begin with those whose turn it is; nothing more is read while a request waits."""
        if self._beginning:
            return
        self._beginning = True
        while self._waiting and self._writable is None and not self._transport.is_closing():
            if self._closing or (self._current is not None and not self._current.complete):
                break
            self._current = self._waiting.popleft()
            self._app.begin(self._current)
        self._beginning = False
        if self._waiting:
            self.pause_reading()
        elif self._broken and self._is_idle:
            self._refuse()

    # -- what is not read any more

    def _break(self) -> None:
        """Read nothing more; respond to what is whole, then refuse what is not (see `_refuse`)."""
        self._broken = True
        incoming = self._reader.break_off()
        if incoming is None:
            self._begin_next()
        elif incoming in self._waiting:
            self._waiting.remove(incoming)
            self._begin_next()
        elif incoming.status:
            self._transport.close()  # the response is seen not to be whole
        else:
            incoming.lose()  # this is the response, whatever the application sends
            self._refuse()

    def _refuse(self, response: bytes = BAD_REQUEST) -> None:
        """Send this response, and read nothing more."""
        self._broken = True
        if not (self._closing or self._transport.is_closing()):
            self._transport.write(response)
            self._begin_closing()

    def _give_up(self) -> None:
        """Close, unless it is the client that waits: for the responses to earlier requests."""
        if not self._is_idle:
            self._deadlines.read_within(self.head_timeout)
        elif self._reader.in_head:
            self._refuse(_TIMEOUT)
        else:
            super()._give_up()
