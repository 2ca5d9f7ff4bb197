"""Passes one request on to a service and its answer back, both as streams.

An error before the head of the answer becomes an answer of the gateway's own; a later one breaks
the connection to the client, so that a part never looks like the whole.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from starlette.types import Receive, Send

from gateway.access.forwarded import own_lines
from gateway.access.limits import address_key
from gateway.access.uploads import Uploads
from gateway.headers import RequestHead
from gateway.routes import Route, Service
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
from shared.errors import (
    BadGateway,
    GatewayTimeout,
    ServiceError,
    ServiceUnavailable,
)

logger = logging.getLogger(__name__)

_SLOW = (ConnectTimeout, ResponseTimeout, IdleTimeout, WriteTimeout, TotalTimeout)
_FULL = (BreakerOpen, QueueFull, QueueTimeout)
_ASKED_TWICE = frozenset({"GET", "HEAD"})
"""Methods of requests that may be asked again; they change nothing, whoever got the first."""


@dataclass(slots=True)
class _Question:
    """What a service is to be asked. `data` is the body, or the beginning of a long one."""

    head: RequestHead
    route: Route
    receive: Receive
    send: Send
    inward: bool
    body: RequestBody | None = None
    data: bytes = b""
    hold: Hold | None = None

    def wait(self) -> None:
        """Keep the body until there is a connection; raises ServiceUnavailable."""
        if self.hold is not None:
            self.hold.grow(len(self.data))


@dataclass(frozen=True, slots=True)
class Proxy:
    """`client_timeout`: seconds that a client may take for each piece of its body."""

    upstreams: Mapping[Service, Upstream]
    client_timeout: float
    bodies: WaitingBodies = field(default_factory=WaitingBodies)
    uploads: Uploads = field(default_factory=Uploads)

    async def forward(
        self,
        head: RequestHead,
        route: Route,
        receive: Receive,
        send: Send,
        *,
        inward: bool = False,
    ) -> None:
        """Answer through the route's service; raises ServiceError and ClientGone.

        `inward`: what is sent goes to our own cache, with what services say to it alone.
        """
        question = _Question(head, route, receive, send, inward)
        if not head.has_body:
            await self._ask(question)
        elif route.streams:
            await self._upload(question)
        else:
            await self._ask_with_body(question)

    async def _upload(self, question: _Question) -> None:
        """Ask with a body that may be long, which takes a place from its beginning on."""
        upstream = self.upstreams[question.route.service]
        with self.uploads.of(question.head.subject or ""):
            with _telling(upstream, question.route.service):
                await upstream.uploading.enter(question.head.is_gone)
            try:
                await self._ask_with_body(question)
            finally:
                upstream.uploading.leave()

    async def _ask_with_body(self, question: _Question) -> None:
        """Take in what has to be here before a service is asked, and ask it."""
        head = question.head
        hold = question.hold = self.bodies.hold(address_key(head.address))
        try:
            question.body = RequestBody(
                question.receive,
                question.route,
                length=head.content_length,
                timeout=self.client_timeout,
                hold=hold,
            )
            question.data = await question.body.first()
            await self._ask(question)
        finally:
            hold.give_back()

    async def _ask(self, question: _Question) -> None:
        route = question.route
        upstream = self.upstreams[route.service]
        question.head.asked_at = perf_counter()
        with _telling(upstream, route.service):
            if not route.hashes:
                await _exchange(upstream, question)
                return
            hashing = upstream.hashing
            if not hashing.enter_at_once():
                question.wait()
                await hashing.enter(question.head.is_gone)
            try:
                await _exchange(upstream, question)
            finally:
                hashing.leave()

    async def go_on(
        self, exchange: Exchange, data: bytes, head: RequestHead, route: Route, send: Send
    ) -> None:
        """Answer what has been asked with `data`, a GET or HEAD; raises as `forward` does."""
        with _telling(self.upstreams[route.service], route.service), closing(exchange):
            await exchange.ask(data, head_only=head.method == "HEAD", again=True, asked=True)
            head.upstream_seconds = perf_counter() - head.asked_at
            await exchange.answer(send, head.answer_fields)


async def _exchange(upstream: Upstream, question: _Question) -> None:
    head, body, data = question.head, question.body, question.data
    connection = upstream.take()
    if connection is None:
        if upstream.is_full:
            question.wait()
        connection = await upstream.acquire(head.is_gone)
    patience = question.route.response_timeout
    exchange = Exchange(upstream, connection, question.receive, response_timeout=patience)
    with closing(exchange):
        if body is None or body.complete:
            data = request_head(upstream, head, data) + data
            await exchange.ask(
                data,
                head_only=head.method == "HEAD",
                again=body is None and head.method in _ASKED_TWICE,
            )
        else:
            beginning = framed(data, chunked=head.chunked)
            data = request_head(upstream, head, None) + beginning
            await exchange.ask_streaming(data, body, chunked=head.chunked)
        head.upstream_seconds = perf_counter() - head.asked_at
        await exchange.answer(question.send, head.answer_fields, inward=question.inward)


def request_head(upstream: Upstream, head: RequestHead, body: bytes | None = b"") -> bytes:
    """Return the head of the request to a service; of the `body` None is not yet known."""
    framing = _framing(head) if body is None else _length(head, body)
    return b"".join(
        (
            head.method.encode(),
            b" ",
            head.target,
            b" HTTP/1.1\r\nhost: ",
            upstream.authority,
            b"\r\n",
            *head.lines,
            own_lines(head),
            framing,
            b"\r\n",
        )
    )


def _length(head: RequestHead, whole: bytes) -> bytes:
    if whole or head.chunked or head.content_length is not None:
        return b"content-length: %d\r\n" % len(whole)
    return b""


def _framing(head: RequestHead) -> bytes:
    if head.chunked:
        return b"transfer-encoding: chunked\r\n"
    return b"content-length: %d\r\n" % (head.content_length or 0)


@contextmanager
def _telling(upstream: Upstream, service: Service) -> Iterator[None]:
    """Count what goes wrong with a service, and raise what the client is told of it."""
    try:
        yield
    except UpstreamError as error:
        upstream.failures[error.reason] += 1
        raise _told(error, service) from error


def _told(error: UpstreamError, service: Service) -> ServiceError:
    """Log what happened and return what the client is told of it."""
    logger.warning(
        "no answer",
        extra={"upstream": service.name.lower(), "reason": error.reason, "sent": error.sent},
    )
    if isinstance(error, _SLOW):
        return GatewayTimeout()
    return ServiceUnavailable() if isinstance(error, _FULL) else BadGateway()
