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

    def __call__(self) -> float:
        return time.time() + self._offset

    def advance(self, by: timedelta) -> None:
        """Step forward, or back where `by` is negative."""
        self._offset += by.total_seconds()


@contextmanager
def movable_clock() -> Iterator[MovableClock]:
    """Have the process's clock in hand for as long as the context lasts."""
    moved = MovableClock()
    clock.use(moved)
    try:
        yield moved
    finally:
        clock.use(time.time)
