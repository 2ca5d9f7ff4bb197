"""Forwards one request to a service and passes its response on, both as streams.

An error before the head of the response becomes a response of the gateway's own; a later one breaks
the connection to the client, so that a part never looks like the whole.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

from starlette.types import Receive, Send

from gateway.access.forwarded import Caller
from gateway.access.limits import address_key
from gateway.access.uploads import Uploads
from gateway.headers import NOT_FROM_SERVICES, Fields
from gateway.request_head import RequestHead
from gateway.route import Access, Route
from gateway.server.request_body import RequestBody
from gateway.server.waiting_bodies import Hold, WaitingBodies
from gateway.upstream.errors import (
    BreakerOpen,
    ConnectTimeout,
    IdleTimeout,
    QueueFull,
    QueueTimeout,
    ResponseTimeout,
    TotalTimeout,
    UpstreamError,
    WriteTimeout,
)
from gateway.upstream.exchange import Exchange, framed
from gateway.upstream.pool import Upstream
from gateway.upstream_head import upstream_head
from shared.errors import (
    BadGateway,
    GatewayTimeout,
    ServiceError,
    ServiceUnavailable,
)

logger = logging.getLogger(__name__)

_SLOW = (ConnectTimeout, ResponseTimeout, IdleTimeout, WriteTimeout, TotalTimeout)
_FULL = (BreakerOpen, QueueFull, QueueTimeout)
_RETRIED = frozenset({"GET", "HEAD"})
"""Methods of requests that may be sent again; they change nothing, even if both arrive."""


class ProxyRequest(NamedTuple):
    """A client's request to a service, and where its response goes."""

    head: RequestHead
    route: Route
    caller: Caller
    subject: str | None
    response_fields: Fields  # of the gateway, beside those of the service
    receive: Receive
    send: Send
    is_gone: Callable[[], bool]  # returns whether the client has left
    on_response: Callable[[float], None]  # called with the seconds to the head of the response
    span: Any = None
    dropped: frozenset[bytes] = NOT_FROM_SERVICES  # fields of the response that go no further


@dataclass(frozen=True, slots=True)
class _Body:
    """The body of a request: what is there of it, its rest, and the memory that it holds."""

    data: bytes
    stream: RequestBody
    hold: Hold

    def keep(self) -> None:
        """Keep it until there is a connection; raises ServiceUnavailable."""
        self.hold.grow(len(self.data))


@dataclass(frozen=True, slots=True)
class Proxy:
    """`client_timeout`: seconds that a client may take for each piece of its body.

    A page waits for requests of its own to the API, so it holds nothing that these may need.
    """

    upstreams: Mapping[str, Upstream]
    client_timeout: float
    bodies: WaitingBodies = field(default_factory=WaitingBodies)
    page_bodies: WaitingBodies = field(default_factory=WaitingBodies)
    uploads: Uploads = field(default_factory=Uploads)

    async def forward(self, request: ProxyRequest) -> None:
        """Respond through the route's service; raises ServiceError and ClientGone."""
        if not request.head.has_body:
            await self._send(request)
        elif request.route.streams:
            await self._send_upload(request)
        else:
            await self._send_with_body(request)

    async def finish(
        self, request: ProxyRequest, exchange: Exchange, data: bytes, *, sent_at: float
    ) -> None:
        """Respond to what has been sent as `data`, a GET or HEAD; raises as `forward` does."""
        service = request.route.service
        with _as_service_error(self.upstreams[service], service), closing(exchange):
            head_only = request.head.method == "HEAD"
            await exchange.send(data, head_only=head_only, retry=True, sent=True)
            await _pass_on(exchange, request, sent_at)

    async def _send_upload(self, request: ProxyRequest) -> None:
        """Send a body that may be long, which takes a place from its beginning on."""
        upstream = self.upstreams[request.route.service]
        with self.uploads.of(request.subject or address_key(request.caller.address)):
            with _as_service_error(upstream, request.route.service):
                await upstream.uploading.enter(request.is_gone)
            try:
                await self._send_with_body(request)
            finally:
                upstream.uploading.leave()

    async def _send_with_body(self, request: ProxyRequest) -> None:
        """Take in what has to be here before the service gets it, and send it."""
        bodies = self.page_bodies if request.route.access is Access.PAGE else self.bodies
        hold = bodies.hold(address_key(request.caller.address))
        try:
            stream = RequestBody(
                request.receive,
                request.route,
                length=request.head.content_length,
                timeout=self.client_timeout,
                hold=hold,
            )
            await self._send(request, _Body(await stream.first(), stream, hold))
        finally:
            hold.give_back()

    async def _send(self, request: ProxyRequest, body: _Body | None = None) -> None:
        route = request.route
        upstream = self.upstreams[route.service]
        sent_at = perf_counter()
        with _as_service_error(upstream, route.service):
            if not route.hashes:
                await _exchange(upstream, request, body, sent_at)
                return
            hashing = upstream.hashing
            if not hashing.try_enter():
                if body is not None:
                    body.keep()
                await hashing.enter(request.is_gone)
            try:
                await _exchange(upstream, request, body, sent_at)
            finally:
                hashing.leave()


async def _exchange(
    upstream: Upstream, request: ProxyRequest, body: _Body | None, sent_at: float
) -> None:
    """Send the request on a connection, and pass the response on."""
    connection = upstream.take()
    if connection is None:
        if body is not None and upstream.is_full:
            body.keep()
        connection = await upstream.acquire(request.is_gone)
    timeout = request.route.response_timeout
    exchange = Exchange(upstream, connection, request.receive, response_timeout=timeout)
    with closing(exchange):
        head = request.head
        data = b"" if body is None else body.data
        if body is None or body.stream.complete:
            await exchange.send(
                upstream_head(upstream, head, request.caller, data) + data,
                head_only=head.method == "HEAD",
                retry=body is None and head.method in _RETRIED,
            )
        else:
            beginning = framed(data, chunked=head.chunked)
            data = upstream_head(upstream, head, request.caller, None) + beginning
            await exchange.send_stream(data, body.stream, chunked=head.chunked)
        await _pass_on(exchange, request, sent_at)


async def _pass_on(exchange: Exchange, request: ProxyRequest, sent_at: float) -> None:
    request.on_response(perf_counter() - sent_at)
    await exchange.pass_on(request.send, request.response_fields, dropped=request.dropped)


@contextmanager
def _as_service_error(upstream: Upstream, service: str) -> Iterator[None]:
    """Count what goes wrong with a service, and raise what the client gets instead."""
    try:
        yield
    except UpstreamError as error:
        upstream.failures[error.reason] += 1
        logger.warning(
            "upstream request failed",
            extra={"upstream": service, "reason": error.reason, "sent": error.sent},
        )
        raise _service_error(error) from error


def _service_error(error: UpstreamError) -> ServiceError:
    if isinstance(error, _SLOW):
        return GatewayTimeout()
    return ServiceUnavailable() if isinstance(error, _FULL) else BadGateway()


def not_sent(error: Exception) -> Fields:
    """Return the field that says that a service saw nothing of the request, where that is so.

    A client that has used a token but once must know; a Boolean of RFC 9651.
    """
    cause = error.__cause__
    return (
        [(b"vitrina-not-sent", b"?1")]
        if isinstance(cause, UpstreamError) and not cause.sent
        else []
    )
