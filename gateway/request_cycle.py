"""One request on its way through the gateway: what it gathers, how it ends, and that once."""

import asyncio
import logging
from collections.abc import Coroutine
from time import perf_counter
from typing import Any

from starlette.types import Message, Send

from gateway.access.forwarded import Caller
from gateway.access.under_way import Place
from gateway.compression.response import Compression
from gateway.error_pages import render_page
from gateway.errors import ClientGone
from gateway.headers import NOT_FROM_PAGES, NOT_FROM_SERVICES, Fields
from gateway.observer import Observer
from gateway.proxy import ProxyRequest, not_sent
from gateway.request_head import RequestHead
from gateway.route import Route
from gateway.server.exchange import ClientExchange
from shared.errors import InternalError, ServiceError, ServiceUnavailable
from shared.http.error_handlers import render
from shared.language.translation import language_of
from shared.telemetry.metrics import UNMATCHED
from shared.telemetry.observability import request_id
from shared.telemetry.trace import trace_id

logger = logging.getLogger(__name__)


class RequestCycle:
    """Ends with `respond` or `fail`, or together with the work of `finish_in_task`.

    Others read what it has gathered; only its own methods write it. `response_fields` are on every
    response to this request: a limit adds what is left of a budget.
    """

    __slots__ = (
        "_address_place",
        "_ended",
        "_observer",
        "_user_place",
        "began",
        "caller",
        "client",
        "compression",
        "dropped",
        "head",
        "is_page",
        "response_fields",
        "route_path",
        "span",
        "subject",
        "upstream_seconds",
    )

    def __init__(
        self,
        head: RequestHead,
        client: ClientExchange,
        caller: Caller,
        observer: Observer,
        response_fields: Fields,
        span: Any = None,
    ) -> None:
        """`span` is of `shared.http.spans`, where spans are wanted."""
        self.began = perf_counter()
        self.head = head
        self.client = client
        self.caller = caller
        self.response_fields = response_fields
        self.span = span
        self.is_page = False
        self.dropped = NOT_FROM_SERVICES  # of the fields of a response
        self.route_path = UNMATCHED  # as metrics and access log call the route
        self.subject: str | None = None
        self.upstream_seconds: float | None = None  # to the head of a service's response
        self.compression: Compression | None = None  # of its response
        self._observer = observer
        self._ended = False
        self._address_place: Place | None = None
        self._user_place: Place | None = None
        observer.under_way += 1
        request_id.set(head.request_id)
        trace_id.set(head.trace.trace_id)

    # -- what is learned on the way

    def name(self) -> None:
        """Let what is logged from now on name this request."""
        request_id.set(self.head.request_id)
        trace_id.set(self.head.trace.trace_id)

    def match(self, route: Route) -> None:
        """Remember the route that was found."""
        self.route_path = route.path

    def become_page(self) -> None:
        """Be the request of a page, whose errors are pages too."""
        self.is_page, self.dropped = True, NOT_FROM_PAGES

    def ask_as(self, head: RequestHead) -> None:
        """Let services see this head, which is another of the same request."""
        self.head = head

    def act_for(self, caller: Caller) -> None:
        """Be the request of somebody else than who sent it."""
        self.caller = caller

    def hold_address(self, place: Place | None) -> None:
        """Give this place, one of its address, back at the end."""
        self._address_place = place

    def identify(self, subject: str) -> None:
        """Remember whose request it is."""
        self.subject = subject

    def hold_user(self, place: Place | None) -> None:
        """Give this place, one of its user, back at the end."""
        self._user_place = place

    def compress(self, compression: Compression) -> None:
        """Compress the response where that is worth it."""
        self.compression = compression

    def note_upstream(self, seconds: float) -> None:
        """Remember how long a service took to the head of its response."""
        self.upstream_seconds = seconds

    def proxy_request(self, route: Route) -> ProxyRequest:
        """Return the request as it is forwarded to the route's service."""
        client = self.client
        return ProxyRequest(
            self.head,
            route,
            self.caller,
            self.subject,
            self.response_fields,
            client.receive,
            self.send,
            client.is_gone,
            self.note_upstream,
            self.span,
            self.dropped,
        )

    # -- the response

    @property
    def send(self) -> Send:
        """ASGI's, for a response that comes in pieces."""
        send: Send = self.client.send
        return send if self.compression is None else self.compression.wrap(send)

    def respond(self, status: int, fields: Fields, body: bytes = b"") -> None:
        """Send a whole response."""
        if self.compression is not None:
            changed = self.compression.without_waiting(status, fields, body)
            if changed is None:
                self.finish_in_task(self._respond_compressed(status, fields, body))
                return
            fields, body = changed
        self.client.respond(status, fields, body)
        self._end()

    def fail(self, error: Exception) -> None:
        """Respond with this error, unless a response has begun, which is then cut."""
        self.name()  # a service's connection, say, calls this in a context of its own
        if isinstance(error, ClientGone):
            logger.info("client gone")
        elif not isinstance(error, ServiceError):
            logger.error("unexpected error", exc_info=error)
            error = InternalError()
        if isinstance(error, ServiceError) and not self.client.status:
            shown = render_page if self.is_page else render
            status, fields, body = shown(error, language_of(self.client.fields))
            self.client.respond(status, [*fields, *self.response_fields, *not_sent(error)], body)
        self._end()

    # -- work that waits

    def finish_in_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Leave the response to a task; the cycle ends with it."""
        self.client.run(self._do(work, is_last=True))

    def continue_in_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` in a task; unless it fails it says itself how to continue."""
        self.client.run(self._do(work, is_last=False))

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

    async def _respond_compressed(self, status: int, fields: Fields, body: bytes) -> None:
        assert self.compression is not None  # noqa: S101 - it has just said that it takes long
        fields, body = await self.compression.whole(fields, body)
        self.client.respond(status, fields, body)

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            if self._address_place is not None:
                self._address_place.count -= 1
            if self._user_place is not None:
                self._user_place.count -= 1
            self.client.cut()
            self._observer.record(self, self.client.status)


def adding(send: Send, added: Fields) -> Send:
    """Return a `send` that adds fields to the response, in the place of equal ones."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [field for field in message["headers"] if field not in added]
            message["headers"] = [*kept, *added]
        await send(message)

    return send_more
