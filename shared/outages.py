"""A failure that lasts is logged when it begins, rarely while it goes on, and when it is over."""

import logging
from typing import Final

from shared import clock

GRACE: Final = 30.0
"""Seconds after the start in which others may still be starting."""
REMINDER: Final = 300.0
"""Seconds between two lines about one failure."""


class Outage:
    """What one process needs from another and cannot get, as its log says it.

    Before the first success it is logged as information for `grace` seconds, then as a warning.
    """

    def __init__(
        self, logger: logging.Logger, failed: str, over: str, *, grace: float = GRACE
    ) -> None:
        """Log `failed` when it begins and `over` when it ends."""
        self._logger = logger
        self._failed = failed
        self._over = over
        self._grace_ends: float | None = clock.monotonic() + grace
        self._logged: tuple[int, str] | None = None
        self._logged_at = 0.0

    def goes_on(self, cause: str, **extra: object) -> None:
        """Log it if it is new, has another cause, or was not logged for long."""
        now = clock.monotonic()
        normal = self._grace_ends is not None and now < self._grace_ends
        what = (logging.INFO if normal else logging.WARNING, cause)
        if what != self._logged or now - self._logged_at >= REMINDER:
            self._logger.log(what[0], self._failed, extra={"cause": cause, **extra})
            self._logged, self._logged_at = what, now

    def ends(self) -> None:
        """Log that it is over, if that it began was logged."""
        self._grace_ends = None
        if self._logged is not None:
            self._logger.info(self._over)
            self._logged = None
