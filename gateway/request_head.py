"""The head of a request, read once and never changed: what the gateway decides by."""

import itertools
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from gateway.headers import (
    ON_BEHALF_OF,
    PASSED_BY_CLIENTS,
    PAST_CACHE,
    Fields,
    connection_options,
    is_dropped,
)
from shared.errors import BadRequest
from shared.http.middleware import REQUEST_ID_HEADER, choose_request_id
from shared.telemetry.trace import TRACEPARENT, TRACESTATE, Trace, follow
from shared.values.field_values import is_encoded

_WEBSOCKET = frozenset({b"sec-websocket-key", b"sec-websocket-version"})
_DECIDED_HERE = PAST_CACHE | {
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
    ON_BEHALF_OF,
    REQUEST_ID_HEADER,
    TRACEPARENT,
    TRACESTATE,
    *_WEBSOCKET,
}
_USUAL = frozenset({b"host", b"authorization"})

_HOST = re.compile(rb"[A-Za-z0-9._-]{1,255}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_PROCESS = secrets.token_hex(8)
_numbers = itertools.count()

_Decisive = dict[bytes, list[bytes]]


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


class RequestHead(NamedTuple):
    """A named tuple, as every request makes one: a frozen dataclass takes three times as long."""

    method: str
    path: bytes
    target: bytes
    lines: Sequence[bytes]  # the fields to pass on, as they go out: name, colon, value, CRLF
    authorization: Sequence[bytes]
    request_id: str
    trace: Trace
    host: bytes  # empty where it is wrong, or where no service is to know it
    wrong: bool = False  # to be refused with 400
    origin: bytes | None = None
    preflight: bool = False
    if_none_match: Sequence[bytes] = ()
    accept_encoding: Sequence[bytes] = ()
    websocket: bool = False  # the opening handshake of RFC 6455
    past_cache: bool = False  # no cached response can satisfy it
    content_length: int | None = None
    chunked: bool = False
    encoded: bool = False  # the body would have to be decoded
    on_behalf_of: Sequence[bytes] = ()

    @property
    def has_body(self) -> bool:
        """A body follows."""
        return self.chunked or bool(self.content_length)


def read_head(request: RawRequest) -> RequestHead:
    """Read a request; it is `wrong` if its host or the end of its body is not clear."""
    fields = request.fields
    lines: list[bytes] = []
    decisive: _Decisive = {}
    for name, value in fields:
        decides = name in _DECIDED_HERE
        if decides:
            decisive.setdefault(name, []).append(value)
        if name in PASSED_BY_CLIENTS or not (decides or is_dropped(name)):
            lines += (name, b": ", value, b"\r\n")
    host = _host(decisive)
    head = RequestHead(
        request.method,
        request.path,
        request.target,
        lines,
        decisive.get(b"authorization", ()),
        _request_id(decisive.get(REQUEST_ID_HEADER)),
        follow(decisive.get(TRACEPARENT, ()), decisive.get(TRACESTATE, ())),
        host,
        not host,
    )
    return head if _USUAL.issuperset(decisive) else _with_unusual(head, decisive, fields)


def with_cookies(head: RequestHead, fields: Fields) -> RequestHead:
    """Return the head as a page gets it: with the cookies in `fields`, without a token."""
    named = connection_options([value for name, value in fields if name == b"connection"])
    kept = lines_without(head.lines, b"authorization")
    if b"cookie" not in named:
        kept += lines_of(b"cookie", [value for name, value in fields if name == b"cookie"])
    return head._replace(lines=kept)


def lines_of(name: bytes, values: Iterable[bytes]) -> list[bytes]:
    """Return lines for a field of these values, as they go out."""
    return [piece for value in values for piece in (name, b": ", value, b"\r\n")]


def lines_without(lines: Sequence[bytes], name: bytes) -> list[bytes]:
    """Return the lines of all fields but those of this name."""
    starts = (start for start in range(0, len(lines), 4) if lines[start] != name)
    return [piece for start in starts for piece in lines[start : start + 4]]


def values_of(lines: Sequence[bytes], name: bytes) -> list[bytes]:
    """Return the values of a field as they reach the service."""
    return [lines[i + 2] for i in range(0, len(lines), 4) if lines[i] == name]


def _with_unusual(head: RequestHead, decisive: _Decisive, fields: Fields) -> RequestHead:
    """Add what only some requests have."""
    connection = decisive.get(b"connection")
    named = connection_options(connection) if connection is not None else ()
    origins = decisive.get(b"origin", ())
    wrong, length, chunked = head.wrong, None, False
    try:
        length, chunked = _content_length(decisive), _chunked(decisive)
    except BadRequest:
        wrong = True
    encodings = decisive.get(b"content-encoding", ()) if chunked or length else ()
    return head._replace(
        lines=_lines_without(named, fields) if named else head.lines,
        wrong=wrong,
        origin=origins[0] if len(origins) == 1 else None,
        preflight=head.method == "OPTIONS" and b"access-control-request-method" in decisive,
        if_none_match=decisive.get(b"if-none-match", ()),
        accept_encoding=decisive.get(b"accept-encoding", ()),
        websocket=not _WEBSOCKET.isdisjoint(decisive),
        past_cache=not PAST_CACHE.isdisjoint(decisive),
        content_length=length,
        chunked=chunked,
        on_behalf_of=decisive.get(ON_BEHALF_OF, ()),
        encoded=bool(encodings) and is_encoded(value.decode("latin-1") for value in encodings),
    )


def _request_id(given: list[bytes] | None) -> str:
    """Return the client's if it is harmless, else a unique one; it is no secret."""
    if given is not None:
        return choose_request_id([(REQUEST_ID_HEADER, value) for value in given])
    return f"{_PROCESS}{next(_numbers):016x}"


def _lines_without(named: frozenset[bytes], fields: Fields) -> list[bytes]:
    lines: list[bytes] = []
    for name, value in fields:
        decides = name in _DECIDED_HERE and name not in PASSED_BY_CLIENTS
        if name not in named and not (decides or is_dropped(name)):
            lines += (name, b": ", value, b"\r\n")
    return lines


def _host(decisive: _Decisive) -> bytes:
    hosts = decisive.get(b"host", ())
    return hosts[0] if len(hosts) == 1 and _HOST.fullmatch(hosts[0]) else b""


def _content_length(decisive: _Decisive) -> int | None:
    lengths = decisive.get(b"content-length")
    if lengths is None:
        return None
    if len(lengths) != 1 or not lengths[0].isdigit() or b"transfer-encoding" in decisive:
        raise BadRequest
    return int(lengths[0])


def _chunked(decisive: _Decisive) -> bool:
    codings = decisive.get(b"transfer-encoding")
    if codings is None:
        return False
    if len(codings) != 1 or codings[0].lower() != b"chunked":
        raise BadRequest
    return True
