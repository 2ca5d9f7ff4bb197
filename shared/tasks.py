"""Tasks that run beside the requests, and how they are ended."""

import asyncio
from typing import Any, Final

_PATIENCE: Final = 0.5
"""Seconds after which a task that has not ended is cancelled again."""


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks` and wait until they have ended, whatever they return or raise.

    One cancellation is not enough: before Python 3.12 `asyncio.wait_for`, and asyncpg with it,
    loses one that comes in the moment of its result, and a loop goes on for ever.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_PATIENCE)
    await asyncio.gather(*tasks, return_exceptions=True)
