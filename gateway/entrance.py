"""What every request passes, in this order: path, preflight, limits, token, cache, body, service.

The gateway's own pages are not limited: whoever looks after it must get through.
"""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.authenticate import Authenticator
from gateway.cached_proxy import CachedProxy
from gateway.cors import Cors
from gateway.errors import ClientGone
from gateway.fields import Fields, RequestHead, read_head
from gateway.limits import RateLimits
from gateway.observer import Observed, Observer
from gateway.proxy import Proxy
from gateway.routes import Access, Route, RouteTable, Service
from shared.error_handlers import render
from shared.errors import (
    BadRequest,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PasswordChangeRequired,
    ServiceError,
    Unauthorized,
)
from shared.middleware import REQUEST_ID_HEADER
from shared.observability import request_id
from shared.tokens import AccessClaims
from shared.trace import trace_id

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """The ASGI application: `own` serves the gateway's own pages, `proxy` everything else.

    `cached` stands before `proxy` for the routes that have a part of the response cache.
    """

    table: RouteTable
    authenticator: Authenticator
    cors: Cors
    limits: RateLimits
    proxy: Proxy
    cached: CachedProxy
    own: ASGIApp
    observer: Observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan belongs to `own`."""
        if scope["type"] != "http":
            await self.own(scope, receive, send)
            return
        answer_fields: Fields = []
        send = observed = Observed(send)
        head = read_head(scope)
        try:
            request_id.set(head.request_id)
            trace_id.set(head.trace.trace_id)
            answer_fields = head.answer_fields = self._answer_fields(head)
            await self._serve(head, scope, receive, send)
        except ServiceError as error:
            status, fields, body = render(error)
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
            raise MethodNotAllowed(sorted(methods)) if methods else NotFound
        if route.service is Service.GATEWAY:
            await self.own(scope, receive, _adding(send, self.cors.fields(head)))
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

    def _answer_fields(self, head: RequestHead) -> Fields:
        return [(REQUEST_ID_HEADER, head.request_id.encode()), *self.cors.fields(head)]


async def _answer(send: Send, status: int, fields: Fields, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def _adding(send: Send, added: Fields) -> Send:
    """Return a `send` that adds fields to the answer."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return send_more if added else send
