"""Answers out of the response cache where it can, and asks a service once for many where not."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.types import Message, Receive, Send

from gateway.cache.single_flight import Flight, Landing, Wish, key_of
from gateway.cache.store import Part, ResponseCache, StoredAnswer
from gateway.headers import RequestHead
from gateway.proxy import Proxy
from gateway.routes import Route
from shared.errors import BadGateway, GatewayTimeout, ServiceError
from shared.tokens import AccessClaims

KEY_LIMIT = 1024
"""Bytes of a key, which is little more than path and query; what needs a longer is not kept."""

FLIGHTS = 3
"""How many a request waits for before it asks for itself."""

_REFUSED = range(400, 500)
_AWAY = frozenset({BadGateway.status, GatewayTimeout.status})


class CachedProxy:
    """Serves the routes that name a part of the cache.

    Counts who was answered out of memory (`hits`), who waited for what another asked (`shared`),
    who asked (`misses`) and who went past the cache (`passed`).
    """

    def __init__(self, proxy: Proxy, cache: ResponseCache, *, patience: float = 60.0) -> None:
        """Let nobody wait for longer than `patience` seconds for what another asked."""
        self.cache = cache
        self._patience = patience
        self.hits = self.shared = self.misses = self.passed = 0
        self._proxy = proxy
        self._flights: dict[bytes, Flight] = {}

    def look(
        self, head: RequestHead, route: Route, claims: AccessClaims, receive: Receive, send: Send
    ) -> StoredAnswer | Coroutine[Any, Any, None] | None:
        """Return the answer to what `claims` let pass, or what brings it, or None to go past.

        What brings it raises ServiceError and ClientGone.
        """
        part = self.cache.part(route.cache)
        if route.method != "GET":
            return self._change(part, head, route, receive, send)
        key = key_of(head, claims, part)
        stored = self.cache.fresh(key, part)
        if head.past_cache or head.has_body or len(key) > KEY_LIMIT or not self.cache.capacity:
            self.passed += 1
            return None
        if stored is None:
            return self._ask(Wish(head, route, claims, part, receive, send), key)
        if stored.status:
            self.hits += 1
            return stored
        self.passed += 1
        return None

    async def _change(
        self, part: Part, head: RequestHead, route: Route, receive: Receive, send: Send
    ) -> None:
        """Pass an unsafe request on; unless it is refused, what it may have changed is outdated.

        That holds from before the client can know of it, also for what is under way.
        """
        acted = True  # for all we know, as when the client leaves or the service falls silent

        async def pass_on(message: Message) -> None:
            nonlocal acted
            if message["type"] == "http.response.start":
                acted = message["status"] not in _REFUSED
            if acted:
                part.generation += 1
            await send(message)

        try:
            await self._proxy.forward(head, route, receive, pass_on)
        except ServiceError as error:
            acted = error.status in _AWAY
            raise
        finally:
            if acted:
                part.generation += 1

    async def _ask(self, wish: Wish, key: bytes) -> None:
        """Wait for a flight that is under way, or begin one."""
        for _ in range(FLIGHTS):
            flight = self._flights.get(key)
            if flight is None or flight.generation != wish.part.generation:
                await self._fly(wish, Flight(key, wish.part.generation, asyncio.Event()))
                return
            await self._land(flight)
            key = key_of(wish.head, wish.claims, wish.part)
            outcome = flight.outcome
            if flight.generation != wish.part.generation or flight.key != key:
                outcome = self.cache.fresh(key, wish.part)
                if outcome is None:
                    continue
            if isinstance(outcome, ServiceError):
                raise outcome
            if outcome is None or not outcome.status:
                break
            if not wish.reads(outcome):
                continue
            self.shared += 1
            await wish.answer(outcome, reused=True)
            return
        self.passed += 1
        await self._proxy.forward(wish.head, wish.route, wish.receive, wish.send)

    async def _land(self, flight: Flight) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await flight.land()
        except TimeoutError:
            raise GatewayTimeout from None

    async def _fly(self, wish: Wish, flight: Flight) -> None:
        """Ask for all who want the same; in the end nobody is left waiting."""
        self.misses += 1
        key = flight.key
        self._flights[key] = flight
        landing = Landing(wish, flight, self.cache)
        answer = None
        try:
            await self._proxy.forward(*landing.request, landing.receive, landing.send, inward=True)
            if not landing.passed_on:
                answer = landing.finish()
        except ServiceError as error:
            flight.outcome = error
            raise
        except BaseException:
            flight.give_up()
            raise
        finally:
            flight.landed.set()
            if self._flights.get(key) is flight:
                del self._flights[key]
        if answer is not None:
            await wish.answer(answer, reused=False)
        elif not landing.passed_on:
            await self._ask(wish, key)
