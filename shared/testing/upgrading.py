"""A load of readers and writers that goes on while the schema changes below it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from shared.testing.database import ServiceDatabase
from shared.testing.migrating import upgrade

ROUNDS = 3
"""How often everybody has done his work before the upgrade begins, and again after it."""


async def upgrade_under_load(
    database: ServiceDatabase,
    app: str,
    *,
    to: int,
    work: Mapping[str, Callable[[], Awaitable[None]]],
) -> None:
    """Apply migrations while each piece of work is done again and again; none of them may fail."""
    done: Counter[str] = Counter()
    over = asyncio.Event()

    async def keep_doing(name: str) -> None:
        while not over.is_set():
            await work[name]()
            done[name] += 1
            await asyncio.sleep(0.01)

    async def some_rounds(workers: list[asyncio.Task[None]]) -> None:
        wanted = {name: done[name] + ROUNDS for name in work}
        while any(done[name] < count for name, count in wanted.items()):
            for worker in workers:
                if worker.done():
                    worker.result()
            await asyncio.sleep(0.01)

    workers = [asyncio.create_task(keep_doing(name)) for name in work]
    try:
        await some_rounds(workers)
        await upgrade(database, app, to=to)
        await some_rounds(workers)
    finally:
        over.set()
        ended = await asyncio.gather(*workers, return_exceptions=True)
    for failure in ended:
        if failure is not None:
            raise failure


def accepted(response: httpx2.Response, status: int = 200) -> Any:
    """Return the body of an answer that has to be good."""
    assert response.status_code == status, f"{response.request.url}: {response.text}"
    return response.json()
