"""When an address of a service is left alone, and when it is tried again.

Closed lets everything through. Failures in a row open it; after a pause it is probed, and if
that works, one request at a time goes through until a response closes it.
"""

from enum import Enum, auto


class State(Enum):
    """What a breaker lets through: everything, nothing, one request at a time."""

    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


class Breaker:
    """Times are of any clock that only goes forward."""

    __slots__ = ("_limit", "_pause", "closed", "failures", "probe_at", "state")

    def __init__(self, limit: int, pause: float) -> None:
        """Open at `limit` failures in a row, 0 for never; probe every `pause` seconds."""
        self._limit = limit
        self._pause = pause
        self.closed = True
        self.state = State.CLOSED
        self.failures = 0  # in a row
        self.probe_at = 0.0

    def succeed(self) -> None:
        """Take in a response."""
        self.failures = 0
        self.closed, self.state = True, State.CLOSED

    def fail(self, now: float, *, surely: bool = False) -> bool:
        """Take in a failure; tell whether it opened. `surely`: one is enough."""
        self.failures += 1
        was_open = self.state is State.OPEN
        half_open = self.state is State.HALF_OPEN
        if self._limit and (surely or half_open or self.failures >= self._limit):
            self.closed, self.state, self.probe_at = False, State.OPEN, now + self._pause
        return self.state is State.OPEN and not was_open

    def is_probe_due(self, now: float) -> bool:
        """Tell whether it is time to probe; if so the next time is a pause later."""
        if self.state is not State.OPEN or now < self.probe_at:
            return False
        self.probe_at = now + self._pause
        return True

    def probe_succeeded(self) -> None:
        """It accepts connections: let one request through."""
        if self.state is State.OPEN:
            self.state = State.HALF_OPEN
