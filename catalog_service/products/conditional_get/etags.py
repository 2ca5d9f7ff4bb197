"""Entity tags: of a product, its version; of a list, the catalog's revision and what is asked for.

Each also names the version of what is shown, so that a new release is a new answer. No tag comes
twice for different content, not even where a failover or a restored backup has taken changes back
and their numbers are given anew: revisions rise by random steps, versions know their instant.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from catalog_service.products.listing.query import Listing

REPRESENTATION = 3
"""Raise it when the same row begins to look different."""

_TAG = re.compile(rf'"([0-9]{{1,9}})-([0-9a-f]{{1,14}})-{REPRESENTATION}"', re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Version(NamedTuple):
    """What a product was at a time: how often it had been changed, and when for the last time."""

    version: int
    updated_at: datetime


def product_etag(version: Version) -> str:
    """Return the strong ETag of a product that has this version."""
    instant = (version.updated_at - _EPOCH) // _TICK
    return f'"{version.version}-{instant:x}-{REPRESENTATION}"'


def versions(tags: Iterable[str]) -> frozenset[Version]:
    """Return the versions that these entity tags stand for; those of anything else are none."""
    matches = (match for match in map(_TAG.fullmatch, tags) if match)
    return frozenset(
        Version(int(match[1]), _EPOCH + int(match[2], 16) * _TICK) for match in matches
    )


def list_etag(revision: int, listing: Listing) -> str:
    """Return the strong ETag of what `listing` shows while the catalog is at `revision`."""
    return f'"{revision}-{_digest(listing)}"'


@lru_cache(maxsize=4096)
def _digest(listing: Listing) -> str:
    text = f"{REPRESENTATION} {listing!r}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
