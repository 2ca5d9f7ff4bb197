"""What every request passes, in this order: path, preflight, limits, token, cache, body, service.

The gateway's own pages are not limited: whoever looks after it must get through.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access.authenticate import Authenticator
from gateway.access.cors import Cors
from gateway.access.forwarded import ProxyWatch, find_caller
from gateway.access.limits import RateLimits
from gateway.access.logged_address import ShowAddress, full_address
from gateway.access.under_way import Bounds
from gateway.cache.proxy import CachedProxy
from gateway.cache.store import StoredAnswer
from gateway.compression import VARY, Compressor, accepts_gzip
from gateway.errors import WebSocketRefused
from gateway.fast_path import take_shortcut
from gateway.headers import Fields, RequestHead, read_head
from gateway.observer import Observer
from gateway.proxy import Proxy
from gateway.request_cycle import Visit
from gateway.routes import Access, Methods, Route, RouteTable, Service
from gateway.server.exchange import ClientExchange
from shared.addresses import Network
from shared.errors import (
    BadRequest,
    EmailNotVerified,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    PasswordChangeRequired,
    Unauthorized,
    UnsupportedEncoding,
)
from shared.health import Check
from shared.middleware import NO_STORE, REQUEST_ID_HEADER
from shared.observability import forget_request
from shared.tokens import AccessClaims

_READING = frozenset({"GET", "HEAD"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """What `gateway.server.protocol` serves: `own` has our own pages, `proxy` everything else.

    `cached` stands before `proxy` for the routes that have a part of the response cache;
    `always` is on every answer.
    """

    table: RouteTable
    authenticator: Authenticator
    cors: Cors
    limits: RateLimits
    bounds: Bounds
    proxy: Proxy
    cached: CachedProxy
    own: ASGIApp
    observer: Observer
    compressor: Compressor
    always: Fields
    pages: FastAPI
    trusted_proxies: Sequence[Network] = ()
    show_address: ShowAddress = full_address
    proxy_watch: ProxyWatch = field(default_factory=ProxyWatch)

    def life(self) -> AbstractAsyncContextManager[object]:
        """Return the context in which this serves; only once."""
        return self.pages.router.lifespan_context(self.pages)

    async def is_ready(self) -> bool:
        """Tell whether everything that this needs works."""
        checks: Iterable[Check] = self.pages.state.health_checks.values()
        results = await asyncio.gather(*(check() for check in checks), return_exceptions=True)
        return not any(isinstance(result, BaseException) for result in results)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Live as the server wants it; requests come by `begin`."""
        await self.own(scope, receive, send)

    def begin(self, client: ClientExchange) -> None:
        """Serve one request, at once where nothing has to be waited for."""
        head = self.read(client)
        find_caller(head, client.peer, client.fields, self.trusted_proxies, self.proxy_watch)
        visit = Visit(head, client, self.observer)
        head.answer_fields = [
            (REQUEST_ID_HEADER, head.request_id.encode()),
            *self._common_fields(head),
        ]
        try:
            self._serve(visit)
        except Exception as error:
            visit.fail(error)

    def note_invalid(self, peer: tuple[str, int] | None) -> None:
        """Log that what came from `peer` is no request, under the id of none."""
        forget_request()
        logger.warning("invalid request", extra=self.show_address(peer[0] if peer else "unknown"))

    def read(self, client: ClientExchange) -> RequestHead:
        """Return what there is to know of a request."""
        return read_head(client)

    def take_shortcut(self, visit: Visit, route: Route) -> bool:
        """Have the route's service asked without a task, if it can be."""
        return take_shortcut(self.proxy, route, visit)

    def _serve(self, visit: Visit) -> None:
        """Raises what is refused."""
        head = visit.head
        if head.wrong:
            visit.client.keep_alive = False  # another reader may see other requests behind it
            raise BadRequest
        if head.websocket:
            raise WebSocketRefused
        methods = self.table.at(head.path)
        if head.preflight:
            fields = [NO_STORE, *head.answer_fields, *self.cors.preflight(head)]
            visit.answer(HTTPStatus.NO_CONTENT, fields)
            return
        route = methods.get(head.method)
        if route is not None:
            head.route = route.path
        if route is None or route.service is not Service.GATEWAY:
            self.limits.meet_address(head, route)
            visit.address_place = self.bounds.meet_address(head)
        if route is not None and route.access is Access.OPEN:
            self._pass(visit, route, methods, None)
            return
        claims = self.authenticator.recall(head.authorization)
        if claims is None:
            try:
                claims = self.authenticator.verify_at_once(head.authorization)
            except Unauthorized as error:
                self._tell_refused(head, error)
                raise
        if claims is None:
            visit.wait(self._verify(visit, route, methods))
        else:
            self._admit(visit, route, methods, claims)

    async def _verify(self, visit: Visit, route: Route | None, methods: Methods) -> None:
        """Admit whose token takes some waiting to verify; raises Unauthorized."""
        try:
            claims = await self.authenticator.verify(visit.head.authorization)
        except Unauthorized as error:
            self._tell_refused(visit.head, error)
            raise
        self._admit(visit, route, methods, claims)

    def _tell_refused(self, head: RequestHead, error: Unauthorized) -> None:
        told = {"reason": error.reason, "path": head.path.decode("latin-1")}
        logger.info("unauthorized", extra={**told, **self.show_address(head.address)})
        self.observer.metrics.count_unauthorized(error.reason)

    def _admit(
        self, visit: Visit, route: Route | None, methods: Methods, claims: AccessClaims
    ) -> None:
        """Pass who may; raises TooManyRequests, PasswordChangeRequired and what is not there."""
        head = visit.head
        head.subject = claims.subject
        self.limits.meet_user(head, claims)
        visit.user_place = self.bounds.meet_user(head, claims.subject)
        if claims.password_change_required and (
            route is None or route.access is not Access.BEFORE_PASSWORD_CHANGE
        ):
            raise PasswordChangeRequired
        if route is None:
            _answer_without_route(visit, methods)
            return
        if route.roles:
            _require_role(route, claims)
        self._pass(visit, route, methods, claims)

    def _pass(
        self, visit: Visit, route: Route, methods: Methods, claims: AccessClaims | None
    ) -> None:
        """Have the request answered by whom it is for."""
        head, client = visit.head, visit.client
        if head.encoded:
            raise UnsupportedEncoding
        if head.accept_encoding and head.method in _READING and accepts_gzip(head.accept_encoding):
            visit.compression = self.compressor.of(route, methods, head_only=head.method == "HEAD")
        if route.service is Service.GATEWAY:
            visit.go_on(self._show_page(visit))
            return
        if claims is not None and route.cache:
            found = self.cached.look(head, route, claims, client.receive, visit.send)
            if isinstance(found, StoredAnswer):
                visit.answer(*found.shown(head.if_none_match, head.answer_fields, reused=True))
                return
            if found is not None:
                visit.go_on(found)
                return
        if not self.take_shortcut(visit, route):
            visit.go_on(self.proxy.forward(head, route, client.receive, visit.send))

    async def _show_page(self, visit: Visit) -> None:
        client = visit.client
        send = _adding(visit.send, self._common_fields(visit.head))
        await self.own(client.scope(), client.receive, send)

    def _common_fields(self, head: RequestHead) -> Fields:
        cors = self.cors.fields(head)
        if head.method in _READING:
            return [*self.always, VARY, *cors]
        return [*self.always, *cors]


def _require_role(route: Route, claims: AccessClaims) -> None:
    """Refuse as the service would, but before the body."""
    if not claims.email_verified:
        raise EmailNotVerified
    if claims.roles.isdisjoint(route.roles):
        raise Forbidden


def _answer_without_route(visit: Visit, methods: Methods) -> None:
    """Say what there is at a path that knows other methods (RFC 9110 section 9.3.7)."""
    if not methods:
        raise NotFound
    allowed = sorted({*methods, "OPTIONS"})
    if visit.head.method != "OPTIONS":
        raise MethodNotAllowed(allowed)
    allow = (b"allow", ", ".join(allowed).encode())
    visit.answer(HTTPStatus.NO_CONTENT, [allow, NO_STORE, *visit.head.answer_fields])


def _adding(send: Send, added: Fields) -> Send:
    """Return a `send` that adds fields to the answer, in the place of equal ones."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [field for field in message["headers"] if field not in added]
            message["headers"] = [*kept, *added]
        await send(message)

    return send_more
