"""What may be kept of a response, for how long, and for whom (RFC 9111, RFC 9213).

Only what a service marks for this gateway is kept: a response without the targeted field never is,
and one with it is taken at its word, whatever it says to others in Cache-Control. RFC 9111 section
3.5 leaves responses to requests with a token to such a mark. Names of fields are in lower case.
"""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from gateway.headers import TARGETED, Fields

MAY_VARY = frozenset({b"accept", b"accept-encoding", b"accept-language"})
"""What responses may depend on beside the target; what depends on more is one person's."""

_NEVER = frozenset({b"no-store", b"no-cache", b"private"})
_MEMBER = re.compile(  # of a dictionary (RFC 8941 section 3.2), without parameters
    rb"[ \t]*([a-z*][a-z0-9_.*-]*)"
    rb"(?:=(?:(\d{1,15})|-\d{1,15}|-?\d{1,12}\.\d{1,3}|[A-Za-z*][!#$%&'*+.^_`|~:/0-9A-Za-z-]*"
    rb'|"(?:[ !#-\[\]-~]|\\["\\])*"|\?[01]))?[ \t]*(?:,|$)'
)
_ENTITY_TAG = re.compile(rb'"[\x21\x23-\x7e\x80-\xff]*"')
_OF_THE_BODY = frozenset(
    {b"content-length", b"content-encoding", b"content-type", b"content-range"}
)
_WITHOUT_A_BODY = frozenset({b"cache-control", b"content-location", b"etag", b"expires", b"vary"})


def lifetime(status: int, fields: Fields) -> float:
    """Return for how many seconds a response may be used; 0 where it must not be kept."""
    if status != HTTPStatus.OK or not names_in_vary(fields) <= MAY_VARY:
        return 0.0
    if any(name == b"set-cookie" for name, _ in fields):
        return 0.0
    directives = _directives(b",".join(_values(fields, TARGETED)))
    if not _NEVER.isdisjoint(directives):
        return 0.0
    seconds = directives.get(b"s-maxage", directives.get(b"max-age", 0))
    return max(0.0, float(seconds - age(fields)))


def age(fields: Fields) -> int:
    """Return how many seconds old a response says that it is."""
    values = _values(fields, b"age")
    return int(values[0]) if values and re.fullmatch(rb"\d{1,9}", values[0]) else 0


def names_in_vary(fields: Fields) -> frozenset[bytes]:
    """Return the fields of the request, in lower case, that a response depends on."""
    members = b",".join(_values(fields, b"vary")).split(b",")
    return frozenset(member.strip().lower() for member in members) - {b""}


def updated(stored: Fields, news: Fields) -> Fields:
    """Return the fields of a stored response after a 304 with `news` (RFC 9111 section 3.2)."""
    fresh = [(name, value) for name, value in news if name not in _OF_THE_BODY]
    replaced = {name for name, _ in fresh}
    return [*(field for field in stored if field[0] not in replaced), *fresh]


def without_body(fields: Fields) -> Fields:
    """Return the fields that a 304 repeats of the 200 in whose place it stands."""
    return [field for field in fields if field[0] in _WITHOUT_A_BODY]


def is_current(if_none_match: Sequence[bytes], etag: bytes | None) -> bool:
    """Tell whether the client has what `etag` stands for (RFC 9110 section 13.1.2)."""
    if etag is None:
        return False
    if etag in if_none_match or b"*" in if_none_match:
        return True
    opaque = etag.removeprefix(b"W/")
    return any(opaque in _ENTITY_TAG.findall(value) for value in if_none_match)


def _values(fields: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for field, value in fields if field == name]


def _directives(value: bytes) -> dict[bytes, int]:
    """Return the directives, 0 for values that are no count of seconds; none if it is unreadable.

    An unreadable field is as good as none (RFC 9213 section 2.1).
    """
    found: dict[bytes, int] = {}
    position = 0
    while position < len(value):
        member = _MEMBER.match(value, position)
        if member is None:
            return {}
        found[member[1]] = int(member[2] or 0)
        position = member.end()
    return found
