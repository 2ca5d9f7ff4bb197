"""Bring a service's database to the newest schema, or back, one migrator at a time.

aerich drafts the migrations of the app `auth`, into `auth_service/migrations`, and theirs is the
table that says which are applied. They are run here, because aerich takes no lock, has no
statement timeout, and cannot build indexes beside readers and writers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from aerich import Command
from aerich.migrate import Migrate
from aerich.models import Aerich
from tortoise.context import TortoiseContext

from shared.database.connection import connect_arguments, tortoise_config
from shared.migrating.files import Migration, read_migrations
from shared.migrating.limits import USUAL, Limits
from shared.migrating.steps import MigrationFailed, apply, require_no_loss, take_back
from shared.settings import DatabaseUrl

logger = logging.getLogger(__name__)

LOCK = 0x6D696772  # "migr": one migrator at a time on a database
LOCATION = str(Path(__file__).parents[2] / "{app}_service" / "migrations")

_TURN = 0.1
"""Seconds between two looks whether it is one's turn."""


@asynccontextmanager
async def one_at_a_time(
    url: DatabaseUrl, limits: Limits = USUAL
) -> AsyncIterator[asyncpg.Connection]:
    """Wait until nobody else prepares this database, then keep the others waiting.

    Waiting polls: a statement that waits inside PostgreSQL is one that
    CREATE INDEX CONCURRENTLY would wait for, while it waits for the index.
    """
    arguments = connect_arguments(
        url, app="preparation", command_timeout=None, server_settings=limits.settings()
    )
    connection = await asyncpg.connect(**arguments)
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):  # noqa: ASYNC110
            await asyncio.sleep(_TURN)
        yield connection
    finally:
        await connection.close()


async def migrate(url: DatabaseUrl, *, app: str, limits: Limits = USUAL) -> list[str]:
    """Apply the migrations of `app` that the database has not seen; return their names.

    `url` is the owner role's. One that contracts waits for the next run where this one has
    applied what comes before it: in between, every service is to be started anew. What comes
    behind it is applied all the same, as this version needs it.
    """
    return await apply_all(url, await _migrations(app), app=app, limits=limits)


async def apply_all(
    url: DatabaseUrl, migrations: Iterable[Migration], *, app: str, limits: Limits = USUAL
) -> list[str]:
    """Apply those of `migrations` that the database has not seen, as `migrate` does."""
    done: list[str] = []
    async with one_at_a_time(url, limits) as connection:
        applied = await _applied(connection, app)
        for migration in migrations:
            if migration.name in applied:
                continue
            if migration.contracts and applied and done:
                logger.warning(
                    "%s waits until every service runs this version: migrate again then",
                    migration.name,
                )
                continue
            await apply(connection, migration, app=app)
            done.append(migration.name)
        await _keep_history_to_the_owner(connection)
    return done


async def downgrade(
    url: DatabaseUrl,
    *,
    app: str,
    to: int | None = None,
    lose_data: bool = False,
    limits: Limits = USUAL,
) -> list[str]:
    """Take back the newest migration, or all that came after number `to`; return their names.

    Nothing is touched unless all of them can be: raises MigrationFailed, or WouldLoseData unless
    `lose_data` allows that.
    """
    known = await _migrations(app)
    async with one_at_a_time(url, limits) as connection:
        steps = _steps_back(known, await _applied(connection, app), to)
        if not lose_data:
            for migration in steps:
                await require_no_loss(connection, migration)
        for migration in steps:
            await take_back(connection, migration, app=app, lose_data=lose_data)
    return [migration.name for migration in steps]


def _steps_back(known: list[Migration], applied: Iterable[str], to: int | None) -> list[Migration]:
    """Return what to take back, the newest first."""
    by_name = {migration.name: migration for migration in known}
    if foreign := sorted(set(applied) - by_name.keys()):
        raise MigrationFailed(
            f"This version does not know {', '.join(foreign)}: only the one that brought it can "
            "take it back."
        )
    present = [migration for migration in known if migration.name in set(applied)]
    if to is None:
        to = present[-2].number if present[1:] else None
    if to not in {migration.number for migration in present}:
        raise MigrationFailed(
            "There is no such version to go back to; the database is at "
            f"{present[-1].name if present else 'none'}."
        )
    return [migration for migration in reversed(present) if migration.number > to]


async def draft(url: DatabaseUrl, *, app: str, models: list[str], name: str) -> str | None:
    """Write the migration from the newest one's state to the models; return its file's name.

    Needs no database. Read what it wrote: aerich leaves out constraints and `db_default`.
    """
    # aerich's one model stays with the app that used it first, and has to be freed for the next;
    # in a Tortoise context of its own, as it would take over one that is in use.
    Aerich._meta.app = None
    config = tortoise_config(url, app=app, models=[*models, "aerich.models"], command_timeout=None)
    async with TortoiseContext() as context:
        await context.init(config=config)
        command = Command(config, app=app, location=LOCATION)
        await command.init(offline=True)
        if not Migrate.get_all_version_modules():
            await command.init_migrations(safe=False)
            return f"the first of {app}"
        return await command.migrate(name, offline=True, no_input=True)


async def _keep_history_to_the_owner(connection: asyncpg.Connection) -> None:
    """Take from everybody else what default privileges gave them of the table of migrations.

    Without its rows the next start would apply every migration anew.
    """
    if await connection.fetchval("SELECT to_regclass('aerich')") is None:
        return
    others = await connection.fetch(
        "SELECT DISTINCT format('REVOKE ALL ON %s %s FROM %s',"
        " CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, pg_class.oid::regclass,"
        " CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)"
        " FROM pg_class, aclexplode(relacl)"
        " WHERE pg_class.oid IN ('aerich'::regclass,"
        " pg_get_serial_sequence('aerich', 'id')::regclass) AND grantee <> relowner"
    )
    for (statement,) in others:
        await connection.execute(statement)


async def _migrations(app: str) -> list[Migration]:
    return await read_migrations(Path(LOCATION.format(app=app)))


async def _applied(connection: asyncpg.Connection, app: str) -> list[str]:
    """Return the names of the migrations that the database has seen; none before the first."""
    if await connection.fetchval("SELECT to_regclass('aerich')") is None:
        return []
    rows = await connection.fetch("SELECT version FROM aerich WHERE app = $1 ORDER BY id", app)
    return [row["version"] for row in rows]
