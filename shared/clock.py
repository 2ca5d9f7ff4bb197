"""The one clock: everything that decides by time asks here, so that tests can move it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

_source: Callable[[], float] = time.time


def timestamp() -> float:
    """Return the seconds since the epoch, as a JWT's NumericDate counts them."""
    return _source()


def now() -> datetime:
    """Return the current instant, aware and in UTC."""
    return datetime.fromtimestamp(_source(), tz=UTC)


def use(source: Callable[[], float]) -> None:
    """Take the time from `source`, seconds since the epoch; for tests only."""
    global _source  # noqa: PLW0603 - the one place where the process's clock is chosen
    _source = source
