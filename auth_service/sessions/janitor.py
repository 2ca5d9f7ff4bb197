"""Forget sealed successors once their grace period is over."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from auth_service.models import Session
from shared import clock
from shared.database import UNAVAILABLE

INTERVAL = timedelta(seconds=10)

logger = logging.getLogger(__name__)


async def forget_successors() -> int:
    """Erase what the grace period no longer needs; return of how many sessions."""
    over = Session.filter(sealed_until__lte=clock.now())
    return await over.update(sealed_successor=None, sealed_until=None)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Tidy up every ten seconds for as long as the context lasts."""
    task = asyncio.create_task(_run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _run() -> None:
    while True:
        await asyncio.sleep(INTERVAL.total_seconds())
        try:
            await forget_successors()
        except UNAVAILABLE as error:
            logger.warning("could not tidy up", extra={"cause": type(error).__name__})
