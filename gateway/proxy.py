"""Passes one request on to a service and its answer back, both as streams.

An error before the head of the answer becomes an answer of the gateway's own; a later one breaks
the connection to the client, so that a part never looks like the whole.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

from starlette.types import Receive, Scope, Send

from gateway.exchange import Exchange, acquire, framed
from gateway.fields import RequestHead
from gateway.forwarded import own_lines
from gateway.request_body import RequestBody
from gateway.routes import Route, Service
from gateway.upstream import Upstream
from gateway.upstream_errors import (
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
from shared.addresses import Network
from shared.errors import (
    BadGateway,
    GatewayTimeout,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
)

logger = logging.getLogger(__name__)

_SLOW = (ConnectTimeout, ResponseTimeout, IdleTimeout, WriteTimeout, TotalTimeout)
_FULL = (BreakerOpen, QueueFull, QueueTimeout)
_ASKED_TWICE = frozenset({"GET", "HEAD"})
"""Methods of requests that may be asked again; they change nothing, whoever got the first."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """`client_timeout`: seconds that a client may take for each piece of its body."""

    upstreams: Mapping[Service, Upstream]
    client_timeout: float
    trusted_proxies: Sequence[Network] = ()

    async def forward(
        self,
        head: RequestHead,
        route: Route,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        inward: bool = False,
    ) -> None:
        """Answer through the route's service; raises ServiceError and ClientGone.

        `inward`: what is sent goes to our own cache, with what services say to it alone.
        """
        body = None
        data = b""
        if head.has_body:
            if (head.content_length or 0) > route.body_limit:
                raise PayloadTooLarge
            body = RequestBody(receive, limit=route.body_limit, timeout=self.client_timeout)
            data = await body.first()
        upstream = self.upstreams[route.service]
        asked_at = perf_counter()
        try:
            connection = upstream.take()
            if connection is None:
                whole = body is None or body.complete
                connection = await acquire(upstream, receive if whole else None)
            patience = route.response_timeout
            with closing(
                Exchange(upstream, connection, receive, response_timeout=patience)
            ) as exchange:
                if body is None or body.complete:
                    data = self._head(upstream, scope, head, _length(head, data)) + data
                    await exchange.ask(
                        data,
                        head_only=scope["method"] == "HEAD",
                        again=body is None and scope["method"] in _ASKED_TWICE,
                    )
                else:
                    beginning = framed(data, chunked=head.chunked)
                    data = self._head(upstream, scope, head, _framing(head)) + beginning
                    await exchange.ask_streaming(data, body, chunked=head.chunked)
                head.upstream_seconds = perf_counter() - asked_at
                await exchange.answer(send, head.answer_fields, inward=inward)
        except UpstreamError as error:
            upstream.failures[error.reason] += 1
            raise _told(error, route.service) from error

    def _head(self, upstream: Upstream, scope: Scope, head: RequestHead, framing: bytes) -> bytes:
        return b"".join(
            (
                scope["method"].encode(),
                b" ",
                head.target,
                b" HTTP/1.1\r\nhost: ",
                upstream.authority,
                b"\r\n",
                *head.lines,
                own_lines(scope, head, self.trusted_proxies),
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


def _told(error: UpstreamError, service: Service) -> ServiceError:
    """Log what happened and return what the client is told of it."""
    logger.warning(
        "no answer",
        extra={"upstream": service.name.lower(), "reason": error.reason, "sent": error.sent},
    )
    if isinstance(error, _SLOW):
        return GatewayTimeout()
    return ServiceUnavailable() if isinstance(error, _FULL) else BadGateway()
