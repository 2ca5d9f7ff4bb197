"""Header fields on their way through: what passes and what is dropped, in both directions.

RFC 9110 section 7.6.1 ends some fields at each hop. Fields that say who somebody is or where a
request comes from are the gateway's alone to set, also spelt with an underscore, which many
frameworks read as a hyphen. Cookies go to the web service alone, and come from it alone.
"""

from collections.abc import Iterable
from http import HTTPStatus

from shared.http.middleware import REQUEST_ID_HEADER

Fields = list[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade http2-settings".split()
)
PAST_CACHE = frozenset(
    b"cache-control pragma range if-range if-match if-modified-since if-unmodified-since".split()
)
"""Fields of requests that no cached response can satisfy."""

PASSED_BY_CLIENTS = PAST_CACHE | frozenset(
    b"accept accept-encoding accept-language authorization content-encoding content-type"
    b" if-none-match idempotency-key origin referer user-agent".split()
)
"""Fields that reach the services, whatever else the gateway reads in them."""

_NOT_FROM_CLIENTS = _HOP_BY_HOP | frozenset(
    b"expect forwarded true-client-ip cf-connecting-ip x-real-ip x-roles cookie".split()
)
ON_BEHALF_OF = b"vitrina-on-behalf-of"
"""For whom the web service asks (see `gateway.access.on_behalf_of`)."""

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
"""Fields about a budget of the gateway, or about the limit of a service."""

NOT_FROM_PAGES = _HOP_BY_HOP | {
    b"server",
    b"date",
    b"strict-transport-security",
    b"x-content-type-options",
    TARGETED,
    REQUEST_ID_HEADER,
}
"""What the web service does not say to browsers: the gateway does, or nobody."""

_COOKIES = frozenset({b"set-cookie", b"set-cookie2"})
NOT_FROM_SERVICES = NOT_FROM_PAGES | _COOKIES | {b"referrer-policy"}
"""What the services of the API do not say to clients."""

FOR_THE_CACHE = _COOKIES | {TARGETED}
"""What of this our own cache decides by."""


def is_dropped(name: bytes) -> bool:
    """Tell whether no client may send a field of this lower-case name to a service."""
    return name in _NOT_FROM_CLIENTS or b"_" in name or name.startswith(_NAMES_SOMEBODY)


def connection_options(connection: Iterable[bytes]) -> frozenset[bytes]:
    """Return the names that Connection fields list, but for `keep-alive` and `close`."""
    if connection == [b"keep-alive"]:  # the most frequent one
        return frozenset()
    names = (name.strip().lower() for value in connection for name in value.split(b","))
    return frozenset(names) - {b"keep-alive", b"close", b""}


def fields_for_client(
    status: int,
    fields: Fields,
    added: Fields,
    *,
    dropped: frozenset[bytes] = NOT_FROM_SERVICES,
) -> Fields:
    """Return the fields of a service's response that clients get, in order, then those `added`.

    `dropped` are those that the service does not decide.
    """
    kept: Fields = []
    named: frozenset[bytes] = frozenset()
    for name, value in fields:
        lower = name.lower()
        if lower in _PASSED_BY_SERVICES:
            kept.append((lower, value))
        elif lower == b"connection":
            named |= connection_options([value])
        elif lower not in dropped and not lower.startswith(b"access-control-"):
            kept.append((lower, value))
    if status == HTTPStatus.NOT_MODIFIED:
        named |= {b"content-length"}  # many clients take it for that of a body here
    if named:
        kept = [(name, value) for name, value in kept if name not in named]
    kept += beside_response(status, added)
    return kept


def beside_response(status: int, added: Fields) -> Fields:
    """Return which of our fields belong beside a service's response of this status.

    A 429 of a service is about a limit of its own, so the gateway's budget does not appear in it.
    """
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        return added
    return [field for field in added if field[0] not in RATE_LIMITS]
