"""Token buckets: so many a second, and never more at a time than a fraction of a second's worth."""

from dataclasses import dataclass
from datetime import datetime

BURST = 0.4
"""Seconds for which tokens are saved up."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket at the moment when its row was written; `tokens_at` is None for a new, full one."""

    tokens: float
    tokens_at: datetime | None

    def level(self, now: datetime, *, rate: float) -> float:
        """Return the tokens that are there now.

        A clock that is set back adds none, and one that is set forward no more than the burst.
        """
        most = max(1.0, rate * BURST)
        if self.tokens_at is None:
            return most
        passed = max(0.0, (now - self.tokens_at).total_seconds())
        return min(most, self.tokens + rate * passed)

    def take(self, wanted: int, now: datetime, *, rate: float) -> tuple[int, "Bucket"]:
        """Return how many of `wanted` whole tokens are there, and the bucket without them."""
        level = self.level(now, rate=rate)
        taken = max(0, min(wanted, int(level)))
        return taken, Bucket(level - taken, now)
