"""A request to a service that is made once for many.

Other requests for the same wait for its response; the client that began it may leave. It ends with
a response for all, with an error for all, or with neither, and then each request goes by itself.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import Message

from gateway.cache import rules as cache_rules
from gateway.cache.request import CacheRequest
from gateway.cache.store import RESPONSE_LIMIT, StoredResponse
from gateway.headers import FOR_THE_CACHE, NOT_FROM_SERVICES, Fields, beside_response
from gateway.proxy import ProxyRequest
from shared import clock
from shared.errors import BadGateway, ServiceError

_CONDITION = b"if-none-match"
_NOTHING_TO_KEEP = 1.0  # seconds for which that is remembered


@dataclass(slots=True, eq=False)
class InFlightFill:
    """`outcome` is there once it is `done`; of another generation it is of no use."""

    key: bytes
    generation: int
    done: asyncio.Event
    outcome: StoredResponse | ServiceError | None = None
    followers: int = 0

    async def wait(self) -> None:
        """Wait for the outcome."""
        self.followers += 1
        try:
            await self.done.wait()
        finally:
            self.followers -= 1

    def give_up(self) -> None:
        """Leave those who wait to begin another."""
        self.generation = -1


class FillCollector:
    """The ASGI `send` of a fill: gathers what all may have, and passes on what they may not."""

    def __init__(self, wanted: CacheRequest, fill: InFlightFill) -> None:
        self.passed_on = self.validated = False
        self._wanted = wanted
        self._fill = fill
        self._cache = wanted.cache
        stored = wanted.cache.get(fill.key)
        self._stored = stored if stored is not None and stored.etag is not None else None
        self._sent_at = clock.monotonic()
        self._status = 0
        self._fields: Fields = []
        self._lifetime = 0.0
        self._body = bytearray()
        self._complete = False

    @property
    def request(self) -> ProxyRequest:
        """What to forward: the same with GET, without the client's condition and with ours."""
        request = self._wanted.request
        given = request.head.lines
        starts = (i for i in range(0, len(given), 4) if given[i] != _CONDITION)
        lines = [piece for i in starts for piece in given[i : i + 4]]
        if self._stored is not None and self._stored.etag is not None:
            lines += (_CONDITION, b": ", self._stored.etag, b"\r\n")
        return request._replace(
            head=request.head._replace(method="GET", lines=lines),
            response_fields=[],
            receive=self.receive,
            send=self.send,
            is_gone=self._all_are_gone,
            dropped=NOT_FROM_SERVICES - FOR_THE_CACHE,
        )

    def _all_are_gone(self) -> bool:
        return not self._fill.followers and self._wanted.request.is_gone()

    async def receive(self) -> Message:
        """Return that the client has left only when no other request waits."""
        message = await self._wanted.request.receive()
        if message["type"] == "http.disconnect" and self._fill.followers:
            await self._fill.done.wait()
        return message

    async def send(self, message: Message) -> None:
        """Take in a piece of the response."""
        if message["type"] == "http.response.start":
            self._status, self._fields = message["status"], message["headers"]
            if not self._is_for_all():
                await self._pass_on()
        elif self.passed_on:
            await self._wanted.request.send(message)
        else:
            self._body += message.get("body", b"")
            self._complete = not message.get("more_body", False)
            if len(self._body) > RESPONSE_LIMIT:
                await self._pass_on()

    def finish(self) -> StoredResponse | None:
        """Return the response, kept if it may be; None if the same must be requested again.

        Raises BadGateway for half a response.
        """
        if not self._complete:
            raise BadGateway
        body = bytes(self._body)
        if self._status == HTTPStatus.NOT_MODIFIED:
            if self._stored is None:
                raise BadGateway  # there was no condition
            if not self._confirms(self._stored):
                self._cache.remove(self._fill.key)
                self._fill.give_up()
                return None
            self.validated = True
            self._status, body = self._stored.status, self._stored.body
            self._fields = cache_rules.updated(self._stored.fields, self._fields)
            self._lifetime = cache_rules.lifetime(self._status, self._fields)
        response = self._stored_response(self._status, self._fields, body, self._lifetime)
        if self._lifetime:
            self._keep(response)
            self._fill.outcome = response
        elif self._status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._fill.outcome = response
        else:
            self._cache.remove(self._fill.key)
        return response

    def _is_for_all(self) -> bool:
        if self._status == HTTPStatus.NOT_MODIFIED:
            return True
        if self._status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        self._lifetime = cache_rules.lifetime(self._status, self._fields)
        return self._lifetime > 0

    async def _pass_on(self) -> None:
        """Let the others go by themselves, and give the client what has come so far."""
        self.passed_on = True
        request = self._wanted.request
        until = clock.monotonic() + _NOTHING_TO_KEEP
        nothing = self._stored_response(0, [], b"", until - self._sent_at)
        self._cache.keep(self._fill.key, nothing)
        self._fill.done.set()
        fields = [field for field in self._fields if field[0] not in FOR_THE_CACHE]
        fields += beside_response(self._status, request.response_fields)
        start = {"type": "http.response.start", "status": self._status, "headers": fields}
        await request.send(start)
        if self._body:
            body, more = bytes(self._body), not self._complete
            await request.send({"type": "http.response.body", "body": body, "more_body": more})

    def _confirms(self, stored: StoredResponse) -> bool:
        """Tell whether a 304 is about what we have (RFC 9111 section 4.3.4)."""
        etag = next((value for name, value in self._fields if name == b"etag"), stored.etag)
        return etag == stored.etag

    def _stored_response(
        self, status: int, fields: Fields, body: bytes, lifetime: float
    ) -> StoredResponse:
        generation, until = self._fill.generation, self._sent_at + lifetime
        return StoredResponse(status, fields, body, self._sent_at, generation, until)

    def _keep(self, response: StoredResponse) -> None:
        """Keep the response unless it is outdated, from now on under all that it depends on."""
        group, fill = self._wanted.group, self._fill
        unknown = cache_rules.names_in_vary(response.fields).difference(group.varying)
        if unknown:
            group.varying = tuple(sorted(unknown.union(group.varying)))
            fill.key = self._wanted.key
        if fill.generation == group.generation:
            self._cache.keep(fill.key, response)
