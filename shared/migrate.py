"""Bring a service's database to the newest schema, one migrator at a time.

The migrations of the app `auth` are aerich's, in `auth_service/migrations`.
"""

from pathlib import Path

import asyncpg
from aerich import Command

from shared.database import tortoise_config
from shared.settings import DatabaseUrl

LOCK = 0x6D696772  # "migr": one migrator at a time on a database
LOCATION = str(Path(__file__).parents[1] / "{app}_service" / "migrations")


def _command(url: DatabaseUrl, app: str, models: list[str]) -> Command:
    config = tortoise_config(url, app=app, models=[*models, "aerich.models"], command_timeout=None)
    return Command(config, app=app, location=LOCATION)


async def migrate(url: DatabaseUrl, *, app: str, models: list[str]) -> list[str]:
    """Apply the migrations of `app` that the database has not seen; return their names.

    `url` is the owner role's. Each migration is a transaction; others wait until this is done.
    """
    guard = await asyncpg.connect(url.get_secret_value(), timeout=10)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        async with _command(url, app, models) as command:
            await command.init()
            return await command.upgrade()
    finally:
        await guard.close()


async def draft(url: DatabaseUrl, *, app: str, models: list[str], name: str) -> str | None:
    """Write the migration from the newest one's state to the models; return its file's name.

    Needs no database. Read what it wrote: aerich leaves out constraints and `db_default`.
    """
    async with _command(url, app, models) as command:
        await command.init(offline=True)
        return await command.migrate(name, offline=True, no_input=True)
