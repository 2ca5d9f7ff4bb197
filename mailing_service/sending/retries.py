"""When an email is tried again: exponential backoff with jitter."""

import random
from dataclasses import dataclass
from datetime import timedelta

_JITTER = 0.2
_MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Backoff:
    """Twice as long after each failure, from `first` to `longest`, up to a fifth more or less."""

    first: timedelta
    longest: timedelta
    without_attempt: timedelta = timedelta(seconds=5)
    """Where none was used; the breaker looks after the server."""

    def wait_after(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts, one or more."""
        doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
        return jittered(min(self.first * (1 << doublings), self.longest))

    def wait_without_attempt(self) -> timedelta:
        """Return how long to wait where no attempt was used."""
        return jittered(min(self.first, self.without_attempt))


def jittered(wait: timedelta) -> timedelta:
    """Return about as long, so that what failed together does not return together."""
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
