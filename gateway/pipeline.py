"""What every request passes, in this order: path, preflight, limits, token, cache, body, service.

The gateway's own open pages are not limited: its operators must get through. Others need no token.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access.authenticate import Authenticator
from gateway.access.cors import Cors
from gateway.access.forwarded import ProxyWatch, find_caller
from gateway.access.limits import RateLimits
from gateway.access.logged_address import ShowAddress, full_address
from gateway.access.on_behalf_of import Vouching
from gateway.access.roles import require_role
from gateway.access.under_way import Bounds
from gateway.anonymous import of_open_route
from gateway.cache.proxy import CachedProxy
from gateway.cache.store import StoredResponse
from gateway.compression.compressor import Compressor
from gateway.compression.fields import VARY, accepts_gzip
from gateway.compression.response import compression_of
from gateway.fast_path import try_fast_path
from gateway.headers import Fields
from gateway.observer import Observer
from gateway.pages import Pages, is_page
from gateway.proxy import Proxy
from gateway.refusals import refuse_unclear, respond_without_route
from gateway.request_cycle import RequestCycle, adding
from gateway.request_head import RequestHead, read_head, with_cookies
from gateway.route import Access, Methods, Route
from gateway.route_table import RouteTable
from gateway.routes.gateway import GATEWAY
from gateway.server.exchange import ClientExchange
from shared.access.tokens import AccessClaims
from shared.errors import (
    MethodNotAllowed,
    PasswordChangeRequired,
    Unauthorized,
    UnsupportedEncoding,
)
from shared.http.middleware import NO_STORE, REQUEST_ID_HEADER
from shared.telemetry.observability import forget_request
from shared.values.addresses import Network

_READING = frozenset({"GET", "HEAD"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gateway:
    """What `gateway.server.protocol` serves: `own` has our own pages, `proxy` everything else.

    `cached` stands before `proxy` for the routes that have a group of the response cache;
    `always` is on every response. `web` has the pages of the web service, if there is one.
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
    vouching: Vouching = field(default_factory=Vouching)
    web: Pages | None = None

    @property
    def state(self) -> State:
        """What `shared.http.serve` looks for in an application: its metrics."""
        return self.pages.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Live as the server wants it; requests come by `begin`."""
        await self.own(scope, receive, send)

    def begin(self, client: ClientExchange) -> None:
        """Serve one request, immediately where nothing has to be waited for."""
        cycle = self.open_cycle(client)
        try:
            if self.web is not None and cycle.is_page:
                self._serve_page(cycle, self.web)
            else:
                self._serve(cycle)
        except Exception as error:
            cycle.fail(error)

    def note_invalid(self, peer: tuple[str, int] | None) -> None:
        """Log that what came from `peer` is no request, under the id of none."""
        forget_request()
        logger.warning("invalid request", extra=self.show_address(peer[0] if peer else "unknown"))

    def open_cycle(self, client: ClientExchange, span: Any = None) -> RequestCycle:
        """Begin the cycle of a request, which may have a span."""
        head = read_head(client)
        caller = find_caller(client.peer, client.fields, self.trusted_proxies, self.proxy_watch)
        named = (REQUEST_ID_HEADER, head.request_id.encode())
        if self.web is None or not is_page(head.path):
            fields = [named, *self._common_fields(head)]
            return RequestCycle(head, client, caller, self.observer, fields, span)
        fields = [named, *self.web.fields(head.method)]
        head = with_cookies(head, client.fields)
        cycle = RequestCycle(head, client, caller, self.observer, fields, span)
        cycle.become_page()
        return cycle

    def try_fast_path(self, cycle: RequestCycle, route: Route) -> bool:
        """Forward the request without a task, if that is possible."""
        return try_fast_path(self.proxy, route, cycle)

    def _serve(self, cycle: RequestCycle) -> None:
        """Find the route, count the address, and know the caller; raises what is refused."""
        head = cycle.head
        if head.wrong or head.websocket:
            refuse_unclear(cycle)
        if head.on_behalf_of:
            caller = self.vouching.caller(head.on_behalf_of, cycle.caller.address)
            cycle.act_for(caller or cycle.caller)
        methods = self.table.at(head.path)
        if head.preflight:
            fields = [NO_STORE, *cycle.response_fields, *self.cors.preflight(head)]
            cycle.respond(HTTPStatus.NO_CONTENT, fields)
            return
        route = methods.get(head.method)
        if route is not None:
            cycle.match(route)
        if route is None or route.service != GATEWAY or route.access is not Access.OPEN:
            self._count(cycle, route)
        if route is not None and route.access is Access.OPEN:
            cycle.ask_as(of_open_route(route, head))
            self._respond(cycle, route, methods, None)
            return
        claims = self.authenticator.recall(head.authorization) or self._verify_now(cycle)
        if claims is None:
            cycle.continue_in_task(self._verify(cycle, route, methods))
        else:
            self._admit(cycle, route, methods, claims)

    def _serve_page(self, cycle: RequestCycle, web: Pages) -> None:
        """Count the address, and let the web service respond; raises what is refused."""
        head = cycle.head
        if head.wrong or head.websocket:
            refuse_unclear(cycle)
        methods = web.at(head.path)
        route = methods.get(head.method)
        if route is not None:
            cycle.match(route)
        self._count(cycle, route)
        if route is None:
            raise MethodNotAllowed(sorted(methods))
        self._respond(cycle, route, methods, None)

    def _count(self, cycle: RequestCycle, route: Route | None) -> None:
        """Count a request for its address; raises TooManyRequests."""
        caller = cycle.caller
        self.limits.count_address(caller.address, route, cycle.response_fields)
        if not caller.vouched:
            cycle.hold_address(self.bounds.enter_address(caller.address))

    def _verify_now(self, cycle: RequestCycle) -> AccessClaims | None:
        """Return the claims of a new token, or None where that takes waiting."""
        try:
            return self.authenticator.verify_now(cycle.head.authorization)
        except Unauthorized as error:
            self._note_unauthorized(cycle, error)
            raise

    async def _verify(self, cycle: RequestCycle, route: Route | None, methods: Methods) -> None:
        """Admit a request whose token takes some waiting to verify; raises Unauthorized."""
        try:
            claims = await self.authenticator.verify(cycle.head.authorization)
        except Unauthorized as error:
            self._note_unauthorized(cycle, error)
            raise
        self._admit(cycle, route, methods, claims)

    def _note_unauthorized(self, cycle: RequestCycle, error: Unauthorized) -> None:
        extra = {"reason": error.reason, "path": cycle.head.path.decode("latin-1")}
        logger.info("unauthorized", extra={**extra, **self.show_address(cycle.caller.address)})
        self.observer.metrics.count_unauthorized(error.reason)

    def _admit(
        self, cycle: RequestCycle, route: Route | None, methods: Methods, claims: AccessClaims
    ) -> None:
        """Count the person; raises TooManyRequests, PasswordChangeRequired and what is missing."""
        user, address = claims.subject, cycle.caller.address
        cycle.identify(user)
        self.limits.count_user(user, address, cycle.response_fields)
        if not cycle.caller.vouched:
            cycle.hold_user(self.bounds.enter_user(user, address))
        if claims.password_change_required and (
            route is None or route.access is not Access.BEFORE_PASSWORD_CHANGE
        ):
            raise PasswordChangeRequired
        if route is None:
            respond_without_route(cycle, methods)
            return
        if route.roles:
            require_role(route.roles, claims, verified=route.verified)
        self._respond(cycle, route, methods, claims)

    def _respond(
        self, cycle: RequestCycle, route: Route, methods: Methods, claims: AccessClaims | None
    ) -> None:
        """Respond with a page of our own, out of the cache, or through the route's service."""
        head = cycle.head
        if head.encoded:
            raise UnsupportedEncoding
        if head.accept_encoding and head.method in _READING and accepts_gzip(head.accept_encoding):
            head_only = head.method == "HEAD"
            cycle.compress(compression_of(self.compressor, route, methods, head_only=head_only))
        if route.service == GATEWAY:
            cycle.finish_in_task(self._show_page(cycle))
            return
        if route.cache:
            found = self.cached.look(head, route, claims, cycle.proxy_request)
            if isinstance(found, StoredResponse):
                added = cycle.response_fields
                cycle.respond(*found.shown(head.if_none_match, added, reused=True))
                return
            if found is not None:
                cycle.finish_in_task(found)
                return
        if not self.try_fast_path(cycle, route):
            cycle.finish_in_task(self.proxy.forward(cycle.proxy_request(route)))

    async def _show_page(self, cycle: RequestCycle) -> None:
        client = cycle.client
        send = adding(cycle.send, self._common_fields(cycle.head))
        await self.own(client.scope(), client.receive, send)

    def _common_fields(self, head: RequestHead) -> Fields:
        vary = (VARY,) if head.method in _READING else ()
        return [*self.always, *vary, *self.cors.fields(head)]
