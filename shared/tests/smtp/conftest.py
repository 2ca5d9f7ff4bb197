"""A clock that tests move."""

from collections.abc import Iterator

import pytest

from testing.clock import MovableClock, movable_clock


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock
