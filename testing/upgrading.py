"""What an upgrade is tried by: rules, kept code, a load that goes on while the schema changes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from testing.database import ServiceDatabase
from testing.migrating import migrations_of, upgrade
from testing.migration_rules import broken_rules
from testing.old_code import archive_of

ROUNDS = 3
"""How often everybody has done their work before the upgrade begins, and again after it."""


async def rules_broken_by(app: str) -> list[str]:
    """Return what the migrations behind the first do that the version before cannot live with."""
    return [rule for one in (await migrations_of(app))[1:] for rule in broken_rules(one)]


async def archives_to_be_kept(app: str) -> list[str]:
    """Return the commands that keep the code which is missing of before each migration."""
    return [
        f"make keep-version SERVICE={app} MIGRATION={migration.number} COMMIT=…"
        for migration in (await migrations_of(app))[1:]
        if not archive_of(app, migration.number).exists()
    ]


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
