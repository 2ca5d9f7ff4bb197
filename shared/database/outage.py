"""The database is away: one line of the log says so for the whole process, and one that it is back.

Whatever meets it, a request or a job in the background, reports it here. From then on the database
is looked after until it answers, so the end of an outage is known without a request.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context, copy_context
from typing import Final

from tortoise.connection import get_connection

from shared import clock
from shared.database.connection import UNAVAILABLE, ping
from shared.tasks import end

LOOK_EVERY: Final = 1.0
REMINDER: Final = 60.0
"""Seconds between two lines of the log, however often it fails and recovers meanwhile."""

_LOOK_TIMEOUT: Final = 5.0
_CHECK_TIMEOUT: Final = 1.5  # less than readiness gives a check, which then could not report it

logger = logging.getLogger(__name__)


class DatabaseOutage:
    """What this process knows of the absence of its database."""

    def __init__(self) -> None:
        self._watch: asyncio.Task[None] | None = None
        self._logged_at: float | None = None
        self._context: Context | None = None

    def report(self, error: BaseException, **extra: object) -> None:
        """Look whether the database is away, unless that is known, and log what comes of it."""
        if self._watch is None or self._watch.done():
            # Tortoise leaves a transaction whose connection broke in the context of who reports.
            context = self._context.copy() if self._context is not None else None
            self._watch = asyncio.create_task(self._look(error, extra), context=context)

    async def check(self) -> None:
        """Raise when the database does not answer, for the readiness of a service."""
        try:
            await asyncio.wait_for(ping(), _CHECK_TIMEOUT)
        except UNAVAILABLE as error:
            self.report(error)
            raise

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look after the database at most for as long as the context lasts."""
        self._context = copy_context()
        try:
            yield
        finally:
            await self.stop()
            self._context = None

    async def stop(self) -> None:
        """Look no further, and forget what was logged."""
        watch, self._watch, self._logged_at = self._watch, None, None
        if watch is not None:
            await end(watch)

    async def _look(self, error: BaseException, extra: dict[str, object]) -> None:
        """Log one failure of a database that answers, or an outage until it is over."""
        if await _answers():
            cause = type(error).__name__
            logger.warning("temporarily unavailable", extra={"cause": cause, **extra})
            return
        began = clock.monotonic()
        was_logged = self._log(error, seconds=0)
        while not await _answers():
            was_logged |= self._log(error, seconds=round(clock.monotonic() - began))
            await asyncio.sleep(LOOK_EVERY)
        if was_logged:
            lasted = round(clock.monotonic() - began)
            logger.info("database available again", extra={"seconds": lasted})

    def _log(self, error: BaseException, *, seconds: int) -> bool:
        """Log it unless that was done a moment ago; return whether it was done now."""
        now = clock.monotonic()
        if self._logged_at is not None and now - self._logged_at < REMINDER:
            return False
        self._logged_at = now
        cause = type(error).__name__
        extra = {"server": _server(), "cause": cause, "seconds": seconds}
        logger.error("database unavailable", extra=extra)
        return True


async def _answers() -> bool:
    try:
        await asyncio.wait_for(ping(), _LOOK_TIMEOUT)
    except Exception:  # whatever it is, the database does not answer
        return False
    return True


def _server() -> str | None:
    """Return host and port of the database; None where there is no connection to ask."""
    try:
        connection = get_connection("default")
    except Exception:  # Tortoise is not ready yet, or no more
        return None
    host, port = getattr(connection, "host", None), getattr(connection, "port", None)
    return f"{host}:{port}"


DATABASE_OUTAGE: Final = DatabaseOutage()
"""That of this process."""
