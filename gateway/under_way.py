"""How many requests of one address, and of one person, may be under way at the same time.

This is a bound and no rate: a request counts from its head until its response has left.

It bounds what strangers and people hold. A request that a secret of ours vouches for, as one of a
service that asks for many people from one address would be, counts in `gateway.limits` and must not
be given to `meet` here.
"""

from dataclasses import dataclass
from typing import Final

from shared.errors import TooManyRequests

RETRY_AFTER: Final = 1
"""Seconds: places become free as soon as any request ends."""


class UnderWay:
    """Places for requests by key; a key is no longer known once nothing of it is under way."""

    __slots__ = ("_counts", "name", "places", "refused")

    def __init__(self, name: str, places: int) -> None:
        """Let `places` requests of each key be under way; 0 is any number."""
        self.name = name
        self.places = places
        self.refused = 0
        self._counts: dict[str, int] = {}

    def meet(self, key: str) -> None:
        """Take a place; raises TooManyRequests."""
        count = self._counts.get(key, 0)
        if count >= self.places:
            self.refused += 1
            raise TooManyRequests(RETRY_AFTER)
        self._counts[key] = count + 1

    def leave(self, key: str) -> None:
        """Give a place back."""
        count = self._counts[key] - 1
        if count:
            self._counts[key] = count
        else:
            del self._counts[key]

    def __len__(self) -> int:
        return len(self._counts)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Those of the gateway."""

    address: UnderWay
    user: UnderWay
