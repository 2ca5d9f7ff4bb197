"""What lasts is logged when it begins, rarely while it goes on, and when it is over."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.outages import GRACE, REMINDER, Outage
from testing.clock import MovableClock, movable_clock

logger = logging.getLogger("outages")
Logged = list[tuple[str, str]]


@pytest.fixture
def moved() -> Iterator[MovableClock]:
    with movable_clock() as moved:
        yield moved


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Logged]:
    """Level and message of all lines so far."""
    caplog.set_level(logging.INFO, "outages")
    lines: Logged = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((record.levelname, record.getMessage()))

    handler = Collect()
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


def test_what_is_not_there_yet_at_the_start_is_no_warning(
    moved: MovableClock, logged: Logged
) -> None:
    outage = Outage(logger, "failed", "over")
    for _ in range(10):
        outage.goes_on("refused")
    outage.ends()
    assert logged == [("INFO", "failed"), ("INFO", "over")]


def test_what_is_not_there_after_the_bound_is_one(moved: MovableClock, logged: Logged) -> None:
    outage = Outage(logger, "failed", "over")
    outage.goes_on("refused")
    moved.advance(timedelta(seconds=GRACE))
    for _ in range(10):
        outage.goes_on("refused")
    assert logged == [("INFO", "failed"), ("WARNING", "failed")]


def test_after_the_first_success_a_failure_is_a_warning_immediately_and_rarely_again(
    moved: MovableClock, logged: Logged
) -> None:
    outage = Outage(logger, "failed", "over")
    outage.ends()
    for _ in range(10):
        outage.goes_on("refused")
    assert logged == [("WARNING", "failed")]
    moved.advance(timedelta(seconds=REMINDER))
    outage.goes_on("refused")
    outage.goes_on("refused")
    assert logged == [("WARNING", "failed")] * 2
    outage.goes_on("another cause")
    outage.ends()
    outage.ends()
    assert logged == [("WARNING", "failed")] * 3 + [("INFO", "over")]
