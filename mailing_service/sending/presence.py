"""That a worker lives: it writes so, for managers who have no shell; nothing is decided by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from uuid import uuid4

from mailing_service.models.sending import Worker
from shared import clock
from shared.database.connection import UNAVAILABLE
from shared.periodic import every

INTERVAL: Final = timedelta(seconds=5)
SEEN_WITHIN: Final = timedelta(seconds=30)
"""One that was not seen for longer is taken for dead, or has no way to the database."""
_AT_MOST: Final = 2.0
"""Seconds that starting and ending may wait for the database."""


@asynccontextmanager
async def present(is_working: Callable[[], bool]) -> AsyncIterator[None]:
    """Write every few seconds that a worker lives, as long as it `is_working`; it goes at the end.

    A database that is away keeps it neither from starting nor from ending.
    """
    worker, began = uuid4(), clock.now()

    async def report() -> None:
        if is_working():
            row = Worker(id=worker, started_at=began, seen_at=clock.now())
            await Worker.bulk_create([row], on_conflict=("id",), update_fields=("seen_at",))

    async def leave() -> None:
        await Worker.filter(id=worker).delete()

    await _if_possible(report)
    try:
        async with every(INTERVAL, report, name="report a worker"):
            yield
    finally:
        await _if_possible(leave)


async def _if_possible(do: Callable[[], Awaitable[None]]) -> None:
    """Do it in a task of its own: Tortoise leaves a broken transaction in the context."""
    with suppress(*UNAVAILABLE, TimeoutError):
        async with asyncio.timeout(_AT_MOST):
            await asyncio.ensure_future(do())
