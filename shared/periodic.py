"""Work that is done again and again beside the requests."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.tasks import end

logger = logging.getLogger(__name__)


@asynccontextmanager
async def every(
    interval: timedelta, job: Callable[[], Awaitable[object]], *, name: str
) -> AsyncIterator[None]:
    """Do `job` in every `interval` for as long as the context lasts.

    A database that is away is met again the next time; so is any other failure, which is logged.
    What fails because it is cancelled at the end is no failure.
    """
    is_over = asyncio.Event()
    task = asyncio.create_task(_repeat(interval, job, name, is_over))
    try:
        yield
    finally:
        is_over.set()
        await end(task)


async def _repeat(
    interval: timedelta,
    job: Callable[[], Awaitable[object]],
    name: str,
    is_over: asyncio.Event,
) -> None:
    while not is_over.is_set():
        await asyncio.sleep(interval.total_seconds())
        try:
            # A task of its own: Tortoise leaves a transaction whose connection broke in the
            # context, where all later ones of this task would find it.
            await asyncio.ensure_future(job())
        except UNAVAILABLE as error:
            if not is_over.is_set():
                DATABASE_OUTAGE.report(error, job=name)
        except Exception:
            if not is_over.is_set():
                logger.exception("job failed", extra={"job": name})
