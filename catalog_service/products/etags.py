"""Entity tags: of a product, its version; of a list, the catalog's revision and what is asked for.

Each also names the version of what is shown, so that a new release is a new answer.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from catalog_service.products.listing import Listing

REPRESENTATION = 2
"""Raise it when the same row begins to look different."""

_TAG = re.compile(rf'"([0-9]{{1,9}})-{REPRESENTATION}"', re.ASCII)


def product_etag(version: int) -> str:
    """Return the strong ETag of a product that has this version."""
    return f'"{version}-{REPRESENTATION}"'


def versions(tags: Iterable[str]) -> frozenset[int]:
    """Return the versions that these entity tags stand for; those of anything else are none."""
    return frozenset(int(match[1]) for match in map(_TAG.fullmatch, tags) if match)


def list_etag(revision: int, listing: Listing) -> str:
    """Return the strong ETag of what `listing` shows while the catalog is at `revision`."""
    return f'"{revision}-{_digest(listing)}"'


@lru_cache(maxsize=4096)
def _digest(listing: Listing) -> str:
    text = f"{REPRESENTATION} {listing!r}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
