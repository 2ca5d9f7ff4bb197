"""Apply one migration, or take one back: all of it or nothing, and in nobody's way for long."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from typing import ClassVar

import asyncpg

from shared.database.connection import UNAVAILABLE
from shared.migrating.files import Migration

logger = logging.getLogger(__name__)

PAUSES = (0.5, 1, 1, 2, 2, 4, 4, 8, 8)
"""Seconds between the attempts to get a lock."""

_CREATED = re.compile(r'CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS "(\w+)"')
_BUSY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class MigrationFailed(Exception):
    """The sentence says which and why; nothing of it is in the database."""

    exit_code: ClassVar[int] = 1


class LocksHeld(MigrationFailed):
    """Others used its tables at every attempt; later it may work (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


class WouldLoseData(MigrationFailed):
    """Taking it back drops rows or values that cannot be made again."""


async def apply(connection: asyncpg.Connection, migration: Migration, *, app: str) -> None:
    """Change the schema and write that down; raises MigrationFailed."""

    async def attempt() -> None:
        async with AsyncExitStack() as stack:
            if migration.in_transaction:
                await stack.enter_async_context(connection.transaction())
                await _lock(connection, migration.locks)
                await connection.execute(migration.upgrade)
            else:
                await _drop_unfinished(connection, migration.upgrade)
                await _one_by_one(connection, migration.upgrade)
            await connection.execute(
                "INSERT INTO aerich (version, app, content) VALUES ($1, $2, $3)",
                *(migration.name, app, migration.models_state),
            )

    await _within_timeout(attempt, f"{migration.name} was not applied", app)


async def take_back(
    connection: asyncpg.Connection, migration: Migration, *, app: str, lose_data: bool
) -> None:
    """Change the schema to what it was before; raises MigrationFailed or WouldLoseData."""

    async def attempt() -> None:
        async with AsyncExitStack() as stack:
            if migration.in_transaction:
                await stack.enter_async_context(connection.transaction())
                await _lock(connection, dict.fromkeys((*migration.locks, *migration.loses)))
                if not lose_data:
                    await require_no_loss(connection, migration)
                await connection.execute(migration.downgrade)
            else:
                await _one_by_one(connection, migration.downgrade)
            await connection.execute(
                "DELETE FROM aerich WHERE version = $1 AND app = $2", migration.name, app
            )

    await _within_timeout(attempt, f"{migration.name} was not taken back", app)


async def require_no_loss(connection: asyncpg.Connection, migration: Migration) -> None:
    """Raise WouldLoseData where taking it back would lose anything."""
    lost = []
    for table, condition in migration.loses.items():
        query = f'SELECT count(*) FROM "{table}" WHERE {condition}'  # noqa: S608 - our own
        if count := await connection.fetchval(query):
            lost.append(f"{count} of {table}")
    if lost:
        raise WouldLoseData(
            f"{migration.name} was not taken back: data of these rows would be lost: "
            f"{', '.join(lost)}. Make a backup, then say --lose-data."
        )


async def _lock(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Get all of them before anything is changed: who waits for long gives all of them back."""
    if names := ", ".join(f'"{table}"' for table in tables):
        await connection.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


async def _one_by_one(connection: asyncpg.Connection, script: str) -> None:
    """Run what must not be in a transaction. It may wait: nobody waits for it."""
    await connection.execute("SET lock_timeout = 0")
    try:
        for statement in filter(str.strip, script.split(";")):
            await connection.execute(statement)
    finally:
        if not connection.is_closed():
            await connection.execute("RESET lock_timeout")


async def _drop_unfinished(connection: asyncpg.Connection, script: str) -> None:
    """Remove the indexes that an interrupted run has left invalid, so that they are made anew."""
    unfinished = await connection.fetch(
        "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE NOT indisvalid AND relname = ANY($1::text[])",
        _CREATED.findall(script),
    )
    for (name,) in unfinished:
        await connection.execute(f'DROP INDEX CONCURRENTLY "{name}"')


async def _within_timeout(attempt: Callable[[], Awaitable[None]], failure: str, app: str) -> None:
    for pause in (*PAUSES, None):
        try:
            return await attempt()
        except _BUSY as error:
            if pause is None:
                raise LocksHeld(
                    f"{failure}: its tables were in use at each of {len(PAUSES) + 1} attempts. "
                    "Run it again when no import or long transaction is at work."
                ) from error
            logger.warning("%s: its tables are in use; again in %g s", failure, pause)
            await asyncio.sleep(pause)
        except asyncpg.QueryCanceledError as error:
            raise MigrationFailed(
                f"{failure}: a statement took longer than "
                f"{app.upper()}_MIGRATION_STATEMENT_TIMEOUT allows."
            ) from error
        except UNAVAILABLE:
            raise
        except asyncpg.PostgresError as error:
            raise MigrationFailed(f"{failure}: {error}") from error
    return None
