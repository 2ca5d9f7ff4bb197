"""What every request passes, in this order: path, preflight, limits, token, cache, body, service.

The gateway's own pages are not limited: whoever looks after it must get through.
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.authenticate import Authenticator
from gateway.cached_proxy import CachedProxy
from gateway.compression import VARY, Compressor, accepts_gzip
from gateway.cors import Cors
from gateway.errors import ClientGone, RequestTimeout, WebSocketRefused
from gateway.fields import Fields, RequestHead, read_head
from gateway.limits import RateLimits
from gateway.observer import Observed, Observer
from gateway.proxy import Proxy
from gateway.routes import Access, Methods, Route, RouteTable, Service
from shared.error_handlers import render
from shared.errors import (
    BadRequest,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PasswordChangeRequired,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
    Unauthorized,
)
from shared.health import Check
from shared.middleware import REQUEST_ID_HEADER
from shared.observability import request_id
from shared.tokens import AccessClaims
from shared.trace import trace_id

_UNREAD = frozenset({PayloadTooLarge.status, RequestTimeout.status})
"""Answers behind which nobody reads the rest of the request."""

_READING = frozenset({"GET", "HEAD"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """The ASGI application: `own` serves the gateway's own pages, `proxy` everything else.

    `cached` stands before `proxy` for the routes that have a part of the response cache;
    `always` is on every answer.
    """

    table: RouteTable
    authenticator: Authenticator
    cors: Cors
    limits: RateLimits
    proxy: Proxy
    cached: CachedProxy
    own: ASGIApp
    observer: Observer
    compressor: Compressor
    always: Fields
    pages: FastAPI

    def life(self) -> AbstractAsyncContextManager[object]:
        """Return the context in which this serves; only once."""
        return self.pages.router.lifespan_context(self.pages)

    async def is_ready(self) -> bool:
        """Tell whether everything that this needs works."""
        checks: Iterable[Check] = self.pages.state.health_checks.values()
        results = await asyncio.gather(*(check() for check in checks), return_exceptions=True)
        return not any(isinstance(result, BaseException) for result in results)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan belongs to `own`."""
        if scope["type"] != "http":
            await self.own(scope, receive, send)
            return
        answer_fields: Fields = []
        send = observed = Observed(send)
        self.observer.under_way += 1
        head = read_head(scope)
        try:
            request_id.set(head.request_id)
            trace_id.set(head.trace.trace_id)
            answer_fields = head.answer_fields = [
                (REQUEST_ID_HEADER, head.request_id.encode()),
                *self._common_fields(head, scope),
            ]
            await self._serve(head, scope, receive, send)
        except ServiceError as error:
            status, fields, body = render(error)
            if status in _UNREAD:
                fields.append((b"connection", b"close"))
            await _answer(send, status, [*fields, *answer_fields], body)
        except asyncio.CancelledError:  # the time that a shutdown has is over
            status, fields, body = render(ServiceUnavailable())
            await _answer(send, status, [*fields, *answer_fields], body)
        except ClientGone:
            logger.info("client gone")
        except Exception:
            logger.exception("unexpected error")
            status, fields, body = render(InternalError())
            # Where an answer has begun, the server refuses this and cuts the connection.
            await _answer(send, status, [*fields, *answer_fields], body)
        finally:
            self.observer.tell(observed, head, scope)

    async def _serve(self, head: RequestHead, scope: Scope, receive: Receive, send: Send) -> None:
        if head.wrong:
            raise BadRequest
        if head.websocket:
            raise WebSocketRefused
        methods = self.table.at(head.path)
        if head.preflight:
            fields = [*head.answer_fields, *self.cors.preflight(head)]
            await _answer(send, HTTPStatus.NO_CONTENT, fields, b"")
            return
        method = scope["method"]
        route = methods.get(method)
        if route is not None:
            head.route = route.path
        if route is None or route.service is not Service.GATEWAY:
            self.limits.meet_address(scope, head, route)
        claims = None
        if route is None or route.access is not Access.OPEN:
            claims = await self._admit(head, route)
        if route is None:
            await self._answer_without_route(head, method, methods, send)
            return
        if head.accept_encoding and method in _READING and accepts_gzip(head.accept_encoding):
            send = self.compressor.wrap(send, route, methods, head_only=method == "HEAD")
        if route.service is Service.GATEWAY:
            await self.own(scope, receive, _adding(send, self._common_fields(head, scope)))
        elif claims is None or not route.cache:
            await self.proxy.forward(head, route, scope, receive, send)
        else:
            await self.cached.serve(head, route, claims, scope, receive, send)

    async def _admit(self, head: RequestHead, route: Route | None) -> AccessClaims:
        """Return whose token opens this route.

        Raises Unauthorized, TooManyRequests and PasswordChangeRequired.
        """
        claims = self.authenticator.recall(head.authorization)
        if claims is None:
            try:
                claims = await self.authenticator.verify(head.authorization)
            except Unauthorized as error:
                path = head.path.decode("latin-1")
                logger.info("unauthorized", extra={"reason": error.reason, "path": path})
                self.observer.metrics.count_unauthorized(error.reason)
                raise
        head.subject = claims.subject
        self.limits.meet_user(head, claims)
        if claims.password_change_required and (
            route is None or route.access is not Access.BEFORE_PASSWORD_CHANGE
        ):
            raise PasswordChangeRequired
        return claims

    async def _answer_without_route(
        self, head: RequestHead, method: str, methods: Methods, send: Send
    ) -> None:
        """Say what there is at a path that knows other methods (RFC 9110 section 9.3.7)."""
        if not methods:
            raise NotFound
        allowed = sorted({*methods, "OPTIONS"})
        if method != "OPTIONS":
            raise MethodNotAllowed(allowed)
        allow = (b"allow", ", ".join(allowed).encode())
        await _answer(send, HTTPStatus.NO_CONTENT, [allow, *head.answer_fields], b"")

    def _common_fields(self, head: RequestHead, scope: Scope) -> Fields:
        cors = self.cors.fields(head)
        if scope["method"] in _READING:
            return [*self.always, VARY, *cors]
        return [*self.always, *cors]


async def _answer(send: Send, status: int, fields: Fields, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def _adding(send: Send, added: Fields) -> Send:
    """Return a `send` that adds fields to the answer, in the place of equal ones."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [field for field in message["headers"] if field not in added]
            message["headers"] = [*kept, *added]
        await send(message)

    return send_more
