"""The entity tag of a product: its version, and the version of what is shown of it."""

import re
from collections.abc import Iterable

REPRESENTATION = 2
"""Raise it when the same row begins to look different."""

_TAG = re.compile(rf'"([0-9]{{1,9}})-{REPRESENTATION}"', re.ASCII)


def product_etag(version: int) -> str:
    """Return the strong ETag of a product that has this version."""
    return f'"{version}-{REPRESENTATION}"'


def versions(tags: Iterable[str]) -> frozenset[int]:
    """Return the versions that these entity tags stand for; those of anything else are none."""
    return frozenset(int(match[1]) for match in map(_TAG.fullmatch, tags) if match)
