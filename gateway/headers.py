"""Header fields on their way through: what passes, what is dropped, what the gateway decides by.

RFC 9110 section 7.6.1 ends some fields at each hop. Fields that say who somebody is or where he
comes from are the gateway's alone to set, also spelt with an underscore, which many frameworks
read as a hyphen.
"""

import itertools
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import Any, Protocol

from shared.errors import BadRequest
from shared.field_values import is_encoded
from shared.metrics import UNMATCHED
from shared.middleware import REQUEST_ID_HEADER, choose_request_id
from shared.trace import TRACEPARENT, TRACESTATE, Trace, follow

Fields = list[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade http2-settings".split()
)
_PAST_CACHE = frozenset(
    b"cache-control pragma range if-range if-match if-modified-since if-unmodified-since".split()
)
_PASSED_BY_CLIENTS = _PAST_CACHE | frozenset(
    b"accept accept-encoding accept-language authorization content-encoding content-type cookie"
    b" if-none-match idempotency-key origin referer user-agent".split()
)
_WEBSOCKET = frozenset({b"sec-websocket-key", b"sec-websocket-version"})
_DECIDED_HERE = _PAST_CACHE | {
    b"accept-encoding",
    b"content-encoding",
    b"access-control-request-method",
    b"authorization",
    b"connection",
    b"content-length",
    b"host",
    b"if-none-match",
    b"origin",
    b"transfer-encoding",
    REQUEST_ID_HEADER,
    TRACEPARENT,
    TRACESTATE,
    *_WEBSOCKET,
}
_ALWAYS = frozenset({b"host", b"authorization"})
_NOT_FROM_CLIENTS = _HOP_BY_HOP | frozenset(
    b"expect forwarded true-client-ip cf-connecting-ip x-real-ip x-roles".split()
)
_NAMES_SOMEBODY = (
    b"x-user",
    b"x-forwarded",
    b"x-client-",
    b"x-remote-",
    b"x-original-",
    b"x-authenticated-",
)
_PASSED_BY_SERVICES = frozenset(
    b"cache-control content-type content-encoding etag last-modified location vary".split()
)
TARGETED = b"gateway-cache-control"
"""What services say to our cache alone (RFC 9213)."""

RATE_LIMITS = frozenset({b"ratelimit", b"ratelimit-policy"})
"""What tells of a budget of the gateway's, or of the limit of a service."""

_NOT_FROM_SERVICES = _HOP_BY_HOP | {
    b"server",
    b"date",
    b"strict-transport-security",
    b"x-content-type-options",
    b"referrer-policy",
    TARGETED,
    REQUEST_ID_HEADER,
}
_NOT_FROM_SERVICES_TO_US = _NOT_FROM_SERVICES - {TARGETED}

_HOST = re.compile(rb"[A-Za-z0-9._-]{1,255}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_PROCESS = secrets.token_hex(8)
_numbers = itertools.count()


class RawRequest(Protocol):
    """A request as it came; names of fields are in lower case, `target` is in origin form."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> bytes: ...

    @property
    def target(self) -> bytes: ...

    @property
    def fields(self) -> Fields: ...

    def is_gone(self) -> bool: ...


@dataclass
class RequestHead:
    """The head of a request, read once. `lines` are the fields to pass on, as they go out.

    What few requests have stands in the class until a request has it.
    """

    method: str
    path: bytes
    target: bytes
    lines: list[bytes]
    authorization: list[bytes]
    request_id: str
    trace: Trace
    began: float
    is_gone: Callable[[], bool]  # tells whether nobody waits for the answer any more
    answer_fields: Fields = field(default_factory=list)  # on every answer to this request
    host: bytes = field(default=b"", init=False)
    origin: bytes | None = field(default=None, init=False)
    preflight: bool = field(default=False, init=False)
    if_none_match: Sequence[bytes] = field(default=(), init=False)
    accept_encoding: Sequence[bytes] = field(default=(), init=False)
    websocket: bool = field(default=False, init=False)  # the opening handshake of RFC 6455
    past_cache: bool = field(default=False, init=False)  # asks for what no kept answer can give
    content_length: int | None = field(default=None, init=False)
    chunked: bool = field(default=False, init=False)
    encoded: bool = field(default=False, init=False)  # what follows would have to be decoded
    wrong: bool = field(default=False, init=False)  # to be refused
    address: str = field(default="unknown", init=False)  # of whoever asks, or for whom he asks
    scheme: bytes = field(default=b"http", init=False)  # likewise
    span: Any = field(default=None, init=False)  # of `shared.spans`, where spans are wanted
    route: str = field(default=UNMATCHED, init=False)  # as metrics and access log call it
    subject: str | None = field(default=None, init=False)
    asked_at: float = field(default=0.0, init=False)  # when a service was asked
    upstream_seconds: float | None = field(default=None, init=False)  # to the head of its answer

    @property
    def has_body(self) -> bool:
        """A body follows."""
        return self.chunked or bool(self.content_length)


def read_head(request: RawRequest) -> RequestHead:
    """Read a request, and tell whether it is wrong."""
    fields = request.fields
    lines: list[bytes] = []
    decisive: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        decides = name in _DECIDED_HERE
        if decides:
            decisive.setdefault(name, []).append(value)
        if name in _PASSED_BY_CLIENTS or not (decides or _dropped(name)):
            lines += (name, b": ", value, b"\r\n")
    head = RequestHead(
        request.method,
        request.path,
        request.target,
        lines,
        decisive.get(b"authorization", []),
        _request_id(decisive.get(REQUEST_ID_HEADER)),
        follow(decisive.get(TRACEPARENT, ()), decisive.get(TRACESTATE, ())),
        perf_counter(),
        request.is_gone,
    )
    try:
        if not _ALWAYS.issuperset(decisive):
            _read_rare(head, decisive, fields)
        head.host = _host(decisive)
    except BadRequest:
        head.wrong = True
    return head


def _read_rare(head: RequestHead, decisive: dict[bytes, list[bytes]], fields: Fields) -> None:
    """Read what not every request has; raises BadRequest for a body without a clear end."""
    connection = decisive.get(b"connection")
    if connection is not None and (named := _named(connection)):
        head.lines = _lines_without(named, fields)
    origins = decisive.get(b"origin", ())
    head.origin = origins[0] if len(origins) == 1 else None
    head.if_none_match = decisive.get(b"if-none-match", ())
    head.accept_encoding = decisive.get(b"accept-encoding", ())
    head.websocket = not _WEBSOCKET.isdisjoint(decisive)
    head.past_cache = not _PAST_CACHE.isdisjoint(decisive)
    head.preflight = head.method == "OPTIONS" and b"access-control-request-method" in decisive
    head.content_length = _content_length(decisive)
    head.chunked = _chunked(decisive)
    if b"content-encoding" in decisive and head.has_body:
        head.encoded = is_encoded(
            value.decode("latin-1") for value in decisive[b"content-encoding"]
        )


def fields_for_client(
    status: int, fields: Fields, added: Fields, *, inward: bool = False
) -> Fields:
    """Return the fields of a service's answer that clients get, in order, then those `added`.

    `inward`: for our own cache, which is told what only it obeys.
    """
    kept: Fields = []
    dropped = _NOT_FROM_SERVICES_TO_US if inward else _NOT_FROM_SERVICES
    named: frozenset[bytes] = frozenset()
    for name, value in fields:
        lower = name.lower()
        if lower in _PASSED_BY_SERVICES:
            kept.append((lower, value))
        elif lower == b"connection":
            named |= _named([value])
        elif lower not in dropped and not lower.startswith(b"access-control-"):
            kept.append((lower, value))
    if status == HTTPStatus.NOT_MODIFIED:
        named |= {b"content-length"}  # many clients take it for that of a body here
    if named:
        kept = [(name, value) for name, value in kept if name not in named]
    kept += beside_answer(status, added)
    return kept


def beside_answer(status: int, added: Fields) -> Fields:
    """Return what of our fields belongs beside a service's answer of this status.

    Where it refuses by a limit of its own, what is left of ours is beside the point.
    """
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        return added
    return [field for field in added if field[0] not in RATE_LIMITS]


def _request_id(given: list[bytes] | None) -> str:
    """Return the client's if it is harmless, else one that nobody else has; it is no secret."""
    if given is not None:
        return choose_request_id([(REQUEST_ID_HEADER, value) for value in given])
    return f"{_PROCESS}{next(_numbers):016x}"


def _dropped(name: bytes) -> bool:
    return name in _NOT_FROM_CLIENTS or b"_" in name or name.startswith(_NAMES_SOMEBODY)


def _named(connection: Iterable[bytes]) -> frozenset[bytes]:
    """Return the names that Connection fields list, but for its own two words."""
    if connection == [b"keep-alive"]:  # what most say who say anything
        return frozenset()
    names = (name.strip().lower() for value in connection for name in value.split(b","))
    return frozenset(names) - {b"keep-alive", b"close", b""}


def _lines_without(named: frozenset[bytes], fields: Fields) -> list[bytes]:
    lines: list[bytes] = []
    for name, value in fields:
        decides = name in _DECIDED_HERE and name not in _PASSED_BY_CLIENTS
        if name not in named and not (decides or _dropped(name)):
            lines += (name, b": ", value, b"\r\n")
    return lines


def _host(decisive: dict[bytes, list[bytes]]) -> bytes:
    hosts = decisive.get(b"host", ())
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise BadRequest
    return hosts[0]


def _content_length(decisive: dict[bytes, list[bytes]]) -> int | None:
    lengths = decisive.get(b"content-length")
    if lengths is None:
        return None
    if len(lengths) != 1 or not lengths[0].isdigit() or b"transfer-encoding" in decisive:
        raise BadRequest
    return int(lengths[0])


def _chunked(decisive: dict[bytes, list[bytes]]) -> bool:
    codings = decisive.get(b"transfer-encoding")
    if codings is None:
        return False
    if len(codings) != 1 or codings[0].lower() != b"chunked":
        raise BadRequest
    return True
