"""Waiting for what a worker does beside a test."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from mailing_service.models.deliveries import DeliveryState, RunCount

TIMEOUT = 120.0
"""Seconds; a busy machine is slow, and a test that fails may be, too."""


async def until(holds: Callable[[], bool | Awaitable[bool]], *, within: float = TIMEOUT) -> None:
    """Wait until `holds` is true."""
    end = time.monotonic() + within
    while True:
        result = holds()
        if result if isinstance(result, bool) else await result:
            return
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


async def counts_of(run_id: int) -> dict[str, int]:
    """Return the counts of a run that are not nought."""
    rows = await RunCount.filter(run_id=run_id, count__not=0)
    return {row.state.value: row.count for row in rows}


async def until_over(run_id: int, *, within: float = TIMEOUT) -> dict[str, int]:
    """Wait until nothing of a run is to be sent any more; return its counts."""
    unfinished = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING}

    async def is_over() -> bool:
        return not unfinished & (await counts_of(run_id)).keys()

    await until(is_over, within=within)
    return await counts_of(run_id)
