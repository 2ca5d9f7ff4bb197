"""A request to a service that is made once for many.

Whoever asks for the same meanwhile waits for what it brings; who began it may leave. It ends with
an answer for all, with an error for all, or with neither, and then each asks for himself.
"""

import asyncio
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import Message, Receive, Send

from gateway.cache import rules as cache_rules
from gateway.cache.store import ANSWER_LIMIT, Part, ResponseCache, StoredAnswer
from gateway.headers import TARGETED, Fields, RequestHead, beside_answer
from gateway.routes import Route
from shared import clock
from shared.errors import BadGateway, ServiceError
from shared.tokens import AccessClaims, Role
from shared.translation import ACCEPT_LANGUAGE, language_of

_EDITORS = frozenset({Role.MANAGER, Role.ADMIN})
_CONDITION = b"if-none-match"
_NOTHING_TO_KEEP = 1.0  # seconds for which that is remembered


@dataclass(slots=True, eq=False)
class Wish:
    """A request for what the cache may have."""

    head: RequestHead
    route: Route
    claims: AccessClaims
    part: Part
    receive: Receive
    send: Send

    def reads(self, answer: StoredAnswer) -> bool:
        """Tell whether `answer`, should it say its language, is in that of whoever asks.

        Pages of products are in none; errors are.
        """
        language = next((v for name, v in answer.fields if name == b"content-language"), None)
        if language is None:
            return True
        accepted = _passed_on(self.head.lines, ACCEPT_LANGUAGE)
        return language_of((ACCEPT_LANGUAGE, value) for value in accepted) == language.decode()

    async def answer(self, answer: StoredAnswer, *, reused: bool) -> None:
        """Send `answer` to whoever asks."""
        head = self.head
        await answer.send(self.send, head.if_none_match, head.answer_fields, reused=reused)


def key_of(head: RequestHead, claims: AccessClaims, part: Part) -> bytes:
    """Return what answers are kept under: the reader's class, the target, what they depend on.

    The class is all that the catalog's pages depend on of a person: whether he sees products that
    are not for sale, and whether he may see any.
    """
    role = b"r" if claims.roles.isdisjoint(_EDITORS) else b"e"
    key = role + (b"v" if claims.email_verified else b"u") + head.target
    for name in part.varying:
        key += b"\0" + b",".join(_passed_on(head.lines, name))
    return key


def _passed_on(lines: list[bytes], name: bytes) -> list[bytes]:
    """Return the values of a field as they reach the service."""
    return [lines[i + 2] for i in range(0, len(lines), 4) if lines[i] == name]


@dataclass(slots=True, eq=False)
class Flight:
    """`outcome` is there once it has `landed`; of another generation it is of no use."""

    key: bytes
    generation: int
    landed: asyncio.Event
    outcome: StoredAnswer | ServiceError | None = None
    followers: int = 0

    async def land(self) -> None:
        """Wait for the outcome."""
        self.followers += 1
        try:
            await self.landed.wait()
        finally:
            self.followers -= 1

    def give_up(self) -> None:
        """Leave those who wait to begin another."""
        self.generation = -1


class Landing:
    """The ASGI `send` of a flight: gathers what all may have, and passes on what they may not."""

    def __init__(self, wish: Wish, flight: Flight, cache: ResponseCache) -> None:
        self.passed_on = False
        self._wish = wish
        self._flight = flight
        self._cache = cache
        stored = cache.get(flight.key)
        self._stored = stored if stored is not None and stored.etag is not None else None
        self._asked = wish.head
        self._asked_at = clock.monotonic()
        self._status = 0
        self._fields: Fields = []
        self._lifetime = 0.0
        self._body = bytearray()
        self._complete = False

    @property
    def request(self) -> tuple[RequestHead, Route]:
        """What to ask: the same with GET, without the client's condition and with ours."""
        wish = self._wish
        given = wish.head.lines
        starts = (i for i in range(0, len(given), 4) if given[i] != _CONDITION)
        lines = [piece for i in starts for piece in given[i : i + 4]]
        if self._stored is not None and self._stored.etag is not None:
            lines += (_CONDITION, b": ", self._stored.etag, b"\r\n")
        self._asked = copy(wish.head)
        self._asked.method, self._asked.lines, self._asked.answer_fields = "GET", lines, []
        self._asked.is_gone = self._all_are_gone
        return self._asked, wish.route

    def _all_are_gone(self) -> bool:
        return not self._flight.followers and self._wish.head.is_gone()

    async def receive(self) -> Message:
        """Tell that the client has left only when nobody else waits."""
        message = await self._wish.receive()
        if message["type"] == "http.disconnect" and self._flight.followers:
            await self._flight.landed.wait()
        return message

    async def send(self, message: Message) -> None:
        """Take in a piece of the answer."""
        if message["type"] == "http.response.start":
            self._status, self._fields = message["status"], message["headers"]
            self._wish.head.upstream_seconds = self._asked.upstream_seconds
            if not self._is_for_all():
                await self._pass_on()
        elif self.passed_on:
            await self._wish.send(message)
        else:
            self._body += message.get("body", b"")
            self._complete = not message.get("more_body", False)
            if len(self._body) > ANSWER_LIMIT:
                await self._pass_on()

    def finish(self) -> StoredAnswer | None:
        """Return the answer, kept if it may be; None if the same must be asked again.

        Raises BadGateway for half an answer.
        """
        if not self._complete:
            raise BadGateway
        body = bytes(self._body)
        if self._status == HTTPStatus.NOT_MODIFIED:
            if self._stored is None:
                raise BadGateway  # nobody has asked whether
            if not self._confirms(self._stored):
                self._cache.remove(self._flight.key)
                self._flight.give_up()
                return None
            self._status, body = self._stored.status, self._stored.body
            self._fields = cache_rules.updated(self._stored.fields, self._fields)
            self._lifetime = cache_rules.lifetime(self._status, self._fields)
        answer = self._stored_answer(self._status, self._fields, body, self._lifetime)
        if self._lifetime:
            self._keep(answer)
            self._flight.outcome = answer
        elif self._status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._flight.outcome = answer
        else:
            self._cache.remove(self._flight.key)
        return answer

    def _is_for_all(self) -> bool:
        if self._status == HTTPStatus.NOT_MODIFIED:
            return True
        if self._status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        self._lifetime = cache_rules.lifetime(self._status, self._fields)
        return self._lifetime > 0

    async def _pass_on(self) -> None:
        """Let the others ask for themselves, and give the client what has come so far."""
        self.passed_on = True
        until = clock.monotonic() + _NOTHING_TO_KEEP
        nothing = self._stored_answer(0, [], b"", until - self._asked_at)
        self._cache.keep(self._flight.key, nothing)
        self._flight.landed.set()
        fields = [field for field in self._fields if field[0] != TARGETED]
        fields += beside_answer(self._status, self._wish.head.answer_fields)
        start = {"type": "http.response.start", "status": self._status, "headers": fields}
        await self._wish.send(start)
        if self._body:
            body, more = bytes(self._body), not self._complete
            await self._wish.send({"type": "http.response.body", "body": body, "more_body": more})

    def _confirms(self, stored: StoredAnswer) -> bool:
        """Tell whether a 304 is about what we have (RFC 9111 section 4.3.4)."""
        etag = next((value for name, value in self._fields if name == b"etag"), stored.etag)
        return etag == stored.etag

    def _stored_answer(
        self, status: int, fields: Fields, body: bytes, lifetime: float
    ) -> StoredAnswer:
        generation, until = self._flight.generation, self._asked_at + lifetime
        return StoredAnswer(status, fields, body, self._asked_at, generation, until)

    def _keep(self, answer: StoredAnswer) -> None:
        """Keep the answer unless it is outdated, from now on under all that it depends on."""
        part, flight, wish = self._wish.part, self._flight, self._wish
        unknown = cache_rules.names_in_vary(answer.fields).difference(part.varying)
        if unknown:
            part.varying = tuple(sorted(unknown.union(part.varying)))
            flight.key = key_of(wish.head, wish.claims, part)
        if flight.generation == part.generation:
            self._cache.keep(flight.key, answer)
