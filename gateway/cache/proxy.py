"""Responds out of the response cache where it can, and fills it by one request for many."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.types import Message

from gateway.cache.request import CacheRequest, key_of
from gateway.cache.single_flight import FillCollector, InFlightFill
from gateway.cache.store import CacheGroup, ResponseCache, StoredResponse
from gateway.proxy import Proxy, ProxyRequest
from gateway.request_head import RequestHead
from gateway.route import Route
from shared.access.tokens import AccessClaims
from shared.errors import BadGateway, GatewayTimeout, ServiceError

KEY_LIMIT = 1024
"""Bytes of a key, which is little more than path and query; a longer one is not kept."""

FILLS = 3
"""How many a request waits for before it goes by itself."""

_REFUSED = range(400, 500)
_AWAY = frozenset({BadGateway.status, GatewayTimeout.status})


class CachedProxy:
    """Serves the routes that name a group of the cache.

    Counts requests that were served out of memory (`hits`), that waited for another's response
    (`shared`), that were forwarded to fill the cache (`misses`) and that went past it (`passed`);
    of the misses those that confirmed what was kept (`validated`). What is open to all is kept in
    memory of its own, `open_cache`, so that strangers never drop what was kept of anything else.
    """

    def __init__(
        self,
        proxy: Proxy,
        cache: ResponseCache,
        open_cache: ResponseCache,
        *,
        timeout: float = 60.0,
    ) -> None:
        """Let no request wait for longer than `timeout` seconds for what another fetches."""
        self.cache = cache
        self.open_cache = open_cache
        self._timeout = timeout
        self.hits = self.shared = self.misses = self.passed = self.validated = 0
        self._proxy = proxy
        self._fills: dict[bytes, InFlightFill] = {}

    def look(
        self,
        head: RequestHead,
        route: Route,
        claims: AccessClaims | None,
        proxy_request: Callable[[Route], ProxyRequest],
    ) -> StoredResponse | Coroutine[Any, Any, None] | None:
        """Return the response to what `claims` let pass, or what brings it, or None to go past.

        What brings it raises ServiceError and ClientGone. Without claims the route is open, and the
        head one of `gateway.anonymous`.
        """
        group = self.cache.group(route.cache)
        if route.method != "GET":
            return self._change(group, proxy_request(route))
        cache = self.open_cache if claims is None else self.cache
        key = key_of(head, claims, group)
        stored = cache.fresh(key, group)
        if head.past_cache or head.has_body or len(key) > KEY_LIMIT or not cache.capacity:
            self.passed += 1
            return None
        if stored is None:
            return self._wait_or_fill(CacheRequest(proxy_request(route), claims, group, cache), key)
        if stored.status:
            self.hits += 1
            return stored
        self.passed += 1
        return None

    async def _change(self, group: CacheGroup, request: ProxyRequest) -> None:
        """Forward an unsafe request; unless it is refused, what it may have changed is outdated.

        That holds from before the client can know of it, also for what is under way.
        """
        acted = True  # for all we know, as when the client leaves or the service falls silent

        async def pass_on(message: Message) -> None:
            nonlocal acted
            if message["type"] == "http.response.start":
                acted = message["status"] not in _REFUSED
            if acted:
                group.generation += 1
            await request.send(message)

        try:
            await self._proxy.forward(request._replace(send=pass_on))
        except ServiceError as error:
            acted = error.status in _AWAY
            raise
        finally:
            if acted:
                group.generation += 1

    async def _wait_or_fill(self, wanted: CacheRequest, key: bytes) -> None:
        """Wait for a fill that is under way, or begin one."""
        group = wanted.group
        for _ in range(FILLS):
            fill = self._fills.get(key)
            if fill is None or fill.generation != group.generation:
                await self._fill(wanted, InFlightFill(key, group.generation, asyncio.Event()))
                return
            await self._wait_for(fill)
            key = wanted.key
            outcome = fill.outcome
            if fill.generation != group.generation or fill.key != key:
                outcome = wanted.cache.fresh(key, group)
                if outcome is None:
                    continue
            if isinstance(outcome, ServiceError):
                raise outcome
            if outcome is None or not outcome.status:
                break
            if not wanted.reads(outcome):
                continue
            self.shared += 1
            await wanted.respond(outcome, reused=True)
            return
        self.passed += 1
        await self._proxy.forward(wanted.request)

    async def _wait_for(self, fill: InFlightFill) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await fill.wait()
        except TimeoutError:
            raise GatewayTimeout from None

    async def _fill(self, wanted: CacheRequest, fill: InFlightFill) -> None:
        """Forward one request for all that want the same; in the end none is left waiting."""
        self.misses += 1
        key = fill.key
        self._fills[key] = fill
        collector = FillCollector(wanted, fill)
        response = None
        try:
            await self._proxy.forward(collector.request)
            if not collector.passed_on:
                response = collector.finish()
                self.validated += collector.validated
        except ServiceError as error:
            fill.outcome = error
            raise
        except BaseException:
            fill.give_up()
            raise
        finally:
            fill.done.set()
            if self._fills.get(key) is fill:
                del self._fills[key]
        if response is not None:
            await wanted.respond(response, reused=False)
        elif not collector.passed_on:
            await self._wait_or_fill(wanted, key)
