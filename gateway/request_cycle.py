"""One request on its way through the gateway: how it is answered, and that it is told of once."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from starlette.types import Send

from gateway.access.under_way import Place
from gateway.compression import Compression
from gateway.errors import ClientGone
from gateway.headers import Fields, RequestHead
from gateway.observer import Observer
from gateway.server.exchange import ClientExchange
from shared.error_handlers import render
from shared.errors import InternalError, ServiceError, ServiceUnavailable
from shared.observability import request_id
from shared.trace import trace_id
from shared.translation import language_of

logger = logging.getLogger(__name__)


class Visit:
    """Ends with `answer` or `fail`, or together with what `go_on` left it to."""

    __slots__ = (
        "_ended",
        "_observer",
        "address_place",
        "client",
        "compression",
        "head",
        "user_place",
    )

    def __init__(self, head: RequestHead, client: ClientExchange, observer: Observer) -> None:
        self.head = head
        self.client = client
        self.compression: Compression | None = None  # of its answer
        self._observer = observer
        self._ended = False
        self.address_place: Place | None = None  # given back at the end
        self.user_place: Place | None = None
        observer.under_way += 1
        self.name()

    def name(self) -> None:
        """Let what is logged from now on name this request."""
        request_id.set(self.head.request_id)
        trace_id.set(self.head.trace.trace_id)

    @property
    def send(self) -> Send:
        """ASGI's, for an answer that comes in pieces."""
        send: Send = self.client.send
        return send if self.compression is None else self.compression.wrap(send)

    def answer(self, status: int, fields: Fields, body: bytes = b"") -> None:
        """Send a whole answer."""
        if self.compression is not None:
            changed = self.compression.at_once(status, fields, body)
            if changed is None:
                self.go_on(self._answer_compressed(status, fields, body))
                return
            fields, body = changed
        self.client.answer(status, fields, body)
        self._end()

    def fail(self, error: Exception) -> None:
        """Answer with this error, unless an answer has begun, which is then cut."""
        self.name()  # a service's connection, say, calls this in a context of its own
        if isinstance(error, ClientGone):
            logger.info("client gone")
        elif not isinstance(error, ServiceError):
            logger.error("unexpected error", exc_info=error)
            error = InternalError()
        if isinstance(error, ServiceError) and not self.client.status:
            status, fields, body = render(error, language_of(self.client.fields))
            self.client.answer(status, [*fields, *self.head.answer_fields], body)
        self._end()

    def go_on(self, rest: Coroutine[Any, Any, None]) -> None:
        """Leave the answer to a task; the visit ends with it."""
        self.client.run(self._do(rest, is_last=True))

    def wait(self, first: Coroutine[Any, Any, None]) -> None:
        """Do `first` in a task; unless it fails it says itself how to go on."""
        self.client.run(self._do(first, is_last=False))

    async def _do(self, work: Coroutine[Any, Any, None], *, is_last: bool) -> None:
        self.name()
        try:
            await work
        except Exception as error:
            self.fail(error)
        except asyncio.CancelledError:  # the time that a shutdown has is over
            self.fail(ServiceUnavailable())
            raise
        if is_last:
            self._end()

    async def _answer_compressed(self, status: int, fields: Fields, body: bytes) -> None:
        assert self.compression is not None  # noqa: S101 - it has just said that it takes long
        fields, body = await self.compression.whole(fields, body)
        self.client.answer(status, fields, body)

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            if self.address_place is not None:
                self.address_place.count -= 1
            if self.user_place is not None:
                self.user_place.count -= 1
            self.client.cut()
            self._observer.tell(self.head, self.client.status)
