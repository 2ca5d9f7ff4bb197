"""The clock as a worker has it: what takes long never keeps what is due waiting."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from mailing_service.mailings.running.clock import look, work_off
from mailing_service.settings import MailingSettings
from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.periodic import every
from shared.tasks import end

JOB = "work off"

logger = logging.getLogger(__name__)


@asynccontextmanager
async def ticking(settings: MailingSettings, may_start: Callable[[], bool]) -> AsyncIterator[None]:
    """Look for what is due every `settings.tick` for as long as the context lasts.

    What takes seconds is worked off beside it, once at a time.
    """
    slow: set[asyncio.Task[None]] = set()

    async def tick() -> None:
        await look(settings, may_start=may_start())
        if not slow:
            task = asyncio.create_task(_work_off())
            slow.add(task)
            task.add_done_callback(slow.discard)

    async with every(settings.tick, tick, name="tick"):
        try:
            yield
        finally:
            await end(*slow)


async def _work_off() -> None:
    try:
        await work_off()
    except UNAVAILABLE as error:
        DATABASE_OUTAGE.report(error, job=JOB)
    except Exception:
        logger.exception("job failed", extra={"job": JOB})
