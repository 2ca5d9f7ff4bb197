"""A clock that tests move by hand."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from shared import clock


class MovableClock:
    """Runs with the real clock, plus what it was moved by."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._passed = 0.0

    def __call__(self) -> float:
        return time.time() + self._offset

    def monotonic(self) -> float:
        """Return the seconds of the clock that never goes back."""
        return time.monotonic() + self._passed

    def advance(self, by: timedelta) -> None:
        """Step forward, or the time of day back where `by` is negative."""
        self._offset += by.total_seconds()
        self._passed += max(0.0, by.total_seconds())


@contextmanager
def movable_clock() -> Iterator[MovableClock]:
    """Have the process's clock in hand for as long as the context lasts."""
    moved = MovableClock()
    clock.use(moved, moved.monotonic)
    try:
        yield moved
    finally:
        clock.use(time.time)
