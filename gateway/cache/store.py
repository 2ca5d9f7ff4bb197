"""Responses that are kept in memory, no more of them than fit into so many bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import Send

from gateway.cache import rules as cache_rules
from gateway.headers import FOR_THE_CACHE, Fields
from shared import clock

RESPONSE_LIMIT = 1024 * 1024
"""Bytes of one body; a longer one is not kept."""

_OVERHEAD = 800  # bytes of memory that a response takes beside its texts, measured
_FIELD_OVERHEAD = 150
_NOT_OURS = FOR_THE_CACHE | {b"age", b"content-length"}
_JUST_MADE = (b"age", b"0")


@dataclass(slots=True, eq=False)
class CacheGroup:
    """Responses that one unsafe request may outdate.

    `generation` counts those requests. `varying` are the request's fields that some
    response depends on, so that each key names their values.
    """

    generation: int = 0
    varying: tuple[bytes, ...] = ()


@dataclass(slots=True, eq=False)
class StoredResponse:
    """A whole response, ready to be sent; a status of 0 notes that there is nothing to keep."""

    status: int
    fields: Fields  # as they came, for us
    body: bytes
    sent_at: float  # when it was requested, of clock.monotonic()
    generation: int
    fresh_until: float
    etag: bytes | None = field(init=False)
    size: int = field(init=False)  # bytes of memory, roughly
    _age_then: int = field(init=False)  # when it came
    _fields: Fields = field(init=False)
    _start: Fields = field(init=False)

    def __post_init__(self) -> None:
        self.etag = next((value for name, value in self.fields if name == b"etag"), None)
        self._age_then = cache_rules.age(self.fields)
        self._fields = [shown for shown in self.fields if shown[0] not in _NOT_OURS]
        self._start = [*self._fields, (b"content-length", b"%d" % len(self.body))]
        texts = sum(len(name) + len(value) + _FIELD_OVERHEAD for name, value in self.fields)
        self.size = len(self.body) + texts + _OVERHEAD

    def shown(
        self, if_none_match: Sequence[bytes], added: Fields, *, reused: bool
    ) -> tuple[int, Fields, bytes]:
        """Return it as it goes out, or a 304; `reused` adds its age (RFC 9111 section 5.1)."""
        fields = self._start
        current = bool(if_none_match) and self._is_current(if_none_match)
        if current:
            fields = cache_rules.without_body(self._fields)
        if reused:
            fields = [*fields, self._age()]
        status = HTTPStatus.NOT_MODIFIED if current else self.status
        return status, fields + added, b"" if current else self.body

    async def send(
        self, send: Send, if_none_match: Sequence[bytes], added: Fields, *, reused: bool
    ) -> None:
        """Send what is shown."""
        status, fields, body = self.shown(if_none_match, added, reused=reused)
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    def _is_current(self, if_none_match: Sequence[bytes]) -> bool:
        return self.status == HTTPStatus.OK and cache_rules.is_current(if_none_match, self.etag)

    def _age(self) -> tuple[bytes, bytes]:
        seconds = int(clock.monotonic() - self.sent_at + self._age_then)
        return (b"age", b"%d" % seconds) if seconds else _JUST_MADE


class ResponseCache:
    """Holds at most `capacity` bytes; what was kept or refreshed longest ago goes first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self.dropped = 0  # responses that went for want of room
        self._responses: dict[bytes, StoredResponse] = {}
        self._groups: dict[str, CacheGroup] = {}

    def __len__(self) -> int:
        return len(self._responses)

    def group(self, name: str) -> CacheGroup:
        """Return the group of this name, empty at first."""
        return self._groups.get(name) or self._groups.setdefault(name, CacheGroup())

    def get(self, key: bytes) -> StoredResponse | None:
        """Return what is kept under `key`, whether it may be used or must be validated first."""
        return self._responses.get(key)

    def fresh(self, key: bytes, group: CacheGroup) -> StoredResponse | None:
        """Return what is kept under `key` if it may be used as it is."""
        response = self._responses.get(key)
        if response is None or response.generation != group.generation:
            return None
        return response if response.fresh_until > clock.monotonic() else None

    def keep(self, key: bytes, response: StoredResponse) -> None:
        """Keep `response` in the place of what was there."""
        self.remove(key)
        self._responses[key] = response
        self.size += response.size + len(key)
        while self.size > self.capacity:
            self.dropped += 1
            self.remove(next(iter(self._responses)))

    def remove(self, key: bytes) -> None:
        """Forget what is kept under `key`, if anything is."""
        response = self._responses.pop(key, None)
        if response is not None:
            self.size -= response.size + len(key)
