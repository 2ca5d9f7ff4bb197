"""The one clock: everything that decides by time asks here, so that tests can move it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

_source: Callable[[], float] = time.time
_steady_source: Callable[[], float] = time.monotonic


def timestamp() -> float:
    """Return the seconds since the epoch, as a JWT's NumericDate counts them."""
    return _source()


def now() -> datetime:
    """Return the current instant, aware and in UTC."""
    return datetime.fromtimestamp(_source(), tz=UTC)


def monotonic() -> float:
    """Return seconds since some moment, which no correction of the time of day changes."""
    return _steady_source()


def use(source: Callable[[], float], steady: Callable[[], float] = time.monotonic) -> None:
    """Take the time from `source`, seconds since the epoch, and `steady`; for tests only."""
    global _source, _steady_source
    _source, _steady_source = source, steady
