"""Cross-origin requests of listed origins (https://fetch.spec.whatwg.org/#http-cors-protocol).

Tokens travel in a header that scripts set, never in cookies, so credentials are not allowed.
"""

from collections.abc import Iterable

from gateway.headers import Fields
from gateway.request_head import RequestHead

_VARY: tuple[bytes, bytes] = (b"vary", b"Origin")
_EXPOSED = (
    b"access-control-expose-headers",
    b"ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    b"X-Request-Id",
)
_PREFLIGHT: Fields = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        # X-Requested-With is what Swagger UI sends with "Authorize".
        b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, "
        b"X-Requested-With, Registration-Proof",
    ),
    (b"access-control-max-age", b"600"),
]


class Cors:
    """Knows which origins may read responses."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode("ascii") for origin in origins)

    def fields(self, head: RequestHead) -> Fields:
        """Return the fields that every response to this request carries."""
        if not self._origins:
            return []
        if head.origin in self._origins:
            return [(b"access-control-allow-origin", head.origin), _EXPOSED, _VARY]
        return [_VARY]

    def preflight(self, head: RequestHead) -> Fields:
        """Return the further fields of the response to a preflight, the same for every path."""
        return _PREFLIGHT if head.origin in self._origins else []
