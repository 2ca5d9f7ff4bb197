"""Bring a service's database to the newest schema, one migrator at a time.

The migrations of the app `auth` are aerich's, in `auth_service/migrations`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from aerich import Command
from aerich.models import Aerich
from tortoise.context import TortoiseContext

from shared.database import tortoise_config
from shared.settings import DatabaseUrl

LOCK = 0x6D696772  # "migr": one migrator at a time on a database
LOCATION = str(Path(__file__).parents[1] / "{app}_service" / "migrations")


@asynccontextmanager
async def one_at_a_time(url: DatabaseUrl) -> AsyncIterator[None]:
    """Wait until nobody else prepares this database, then keep the others waiting."""
    guard = await asyncpg.connect(url.get_secret_value(), timeout=10)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        yield
    finally:
        await guard.close()


@asynccontextmanager
async def _aerich(url: DatabaseUrl, app: str, models: list[str]) -> AsyncIterator[Command]:
    """Have aerich in a Tortoise context of its own; it would take over one that is in use.

    Its one model stays with the app that used it first, and has to be freed for the next.
    """
    Aerich._meta.app = None
    config = tortoise_config(url, app=app, models=[*models, "aerich.models"], command_timeout=None)
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield Command(config, app=app, location=LOCATION)


async def migrate(url: DatabaseUrl, *, app: str, models: list[str]) -> list[str]:
    """Apply the migrations of `app` that the database has not seen; return their names.

    `url` is the owner role's. Each migration is a transaction; others wait until this is done.
    """
    async with one_at_a_time(url), _aerich(url, app, models) as command:
        await command.init()
        return await command.upgrade()


async def draft(url: DatabaseUrl, *, app: str, models: list[str], name: str) -> str | None:
    """Write the migration from the newest one's state to the models; return its file's name.

    Needs no database. Read what it wrote: aerich leaves out constraints and `db_default`.
    """
    async with _aerich(url, app, models) as command:
        await command.init(offline=True)
        return await command.migrate(name, offline=True, no_input=True)
