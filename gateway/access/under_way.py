"""How many requests of one address, and of one person, may be under way at the same time.

This is a bound and no rate: a request counts from its head until its response has left.

It bounds what strangers and people hold. A request that the web service vouches for counts in
`gateway.access.limits` and enters no bound here: the page that waits for it is under way already.
"""

from dataclasses import dataclass, field
from typing import Final

from gateway.access.limits import RateLimits, address_key
from shared.errors import TooManyRequests

RETRY_AFTER: Final = 1
"""Seconds: places become free as soon as any request ends."""

KNOWN: Final = 10_000
"""Keys beyond which those are forgotten of which nothing is under way."""


@dataclass(slots=True)
class Place:
    """What is under way of one key. A request that ends takes one from `count`."""

    count: int = 0


@dataclass(slots=True)
class UnderWay:
    """Places for requests by key: `places` for each, 0 for any number."""

    name: str
    places: int
    refused: int = 0
    known: dict[str, Place] = field(default_factory=dict)
    _most: int = KNOWN

    def add(self, key: str) -> Place:
        """Know another key, and forget some if there are many."""
        if len(self.known) >= self._most:
            self.known = {key: place for key, place in self.known.items() if place.count}
            self._most = max(KNOWN, 2 * len(self.known))
        place = self.known[key] = Place()
        return place


@dataclass(frozen=True, slots=True)
class Bounds:
    """Those of the gateway. `limits` log which key one refuses."""

    address: UnderWay
    user: UnderWay
    limits: RateLimits

    def enter_address(self, address: str) -> Place | None:
        """Count a request before it is known whose it is; raises TooManyRequests."""
        if not self.address.places:
            return None
        return self._enter(self.address, address_key(address), address)

    def enter_user(self, user: str, address: str) -> Place | None:
        """Count a request of a person; raises TooManyRequests."""
        return self._enter(self.user, user, address) if self.user.places else None

    def _enter(self, bound: UnderWay, key: str, address: str) -> Place:
        place = bound.known.get(key) or bound.add(key)
        if place.count >= bound.places:
            bound.refused += 1
            self.limits.note(bound.name, key, address)
            raise TooManyRequests(RETRY_AFTER)
        place.count += 1
        return place
