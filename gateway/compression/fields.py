"""Which responses are worth compressing, and for whom; what becomes of their fields.

What is compressed is another representation: its strong ETag becomes a weak one (RFC 9110 section
8.8.3). Only text is compressed that is long enough and that may be changed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from gateway.headers import Fields
from shared.values.field_values import weights

VARY: tuple[bytes, bytes] = (b"vary", b"Accept-Encoding")

MIN_SIZE = 1024
"""Bytes of a body that are worth it."""

_TYPES = re.compile(
    rb"(?:text/(?!event-stream\b)[a-z0-9.+-]+|image/svg\+xml"
    rb"|application/(?:json|jsonl|ndjson|x-ndjson|javascript|xml|[a-z0-9.-]+\+(?:json|xml)))"
    rb"[ \t]*(?:;|$)",
    re.IGNORECASE,
)
_NO_TRANSFORM = re.compile(rb"(?:^|[,\s])no-transform(?:[,\s]|$)", re.IGNORECASE)
_ACCEPT_LIMIT = 1024
"""Bytes of what a client accepts; to one that says more nothing is compressed."""


def accepts_gzip(accept_encoding: Iterable[bytes]) -> bool:
    """Tell whether these Accept-Encoding fields name gzip, or `*`, and do not refuse it."""
    value = b",".join(accept_encoding)
    return len(value) <= _ACCEPT_LIMIT and _accepts_gzip(value)


@lru_cache(maxsize=128)
def _accepts_gzip(value: bytes) -> bool:
    weight = dict(weights([value.decode("latin-1")]))
    return weight.get("gzip", weight.get("x-gzip", weight.get("*", 0.0))) > 0


def is_worth_it(fields: Fields) -> bool:
    """Tell whether a response is text that is long enough and that may be changed."""
    found = dict(fields)
    if b"content-encoding" in found or b"content-range" in found:
        return False
    if int(found.get(b"content-length", MIN_SIZE)) < MIN_SIZE:
        return False
    if any(name == b"cache-control" and _NO_TRANSFORM.search(value) for name, value in fields):
        return False
    return _TYPES.match(found.get(b"content-type", b"")) is not None


def fields_of_compressed(fields: Fields, packed: bytes | None = None) -> Fields:
    """Return the fields of a response once it is compressed, with its length if that is known."""
    kept = [weakened(field) for field in fields if field[0] not in _OF_THE_BYTES]
    kept.append((b"content-encoding", b"gzip"))
    if packed is not None:
        kept.append((b"content-length", b"%d" % len(packed)))
    return kept


_OF_THE_BYTES = frozenset({b"content-length", b"accept-ranges", b"content-md5", b"content-digest"})


def weakened(field: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return a field with its strong ETag made weak."""
    name, value = field
    return (name, b"W/" + value) if name == b"etag" and not value.startswith(b"W/") else field
