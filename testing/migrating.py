"""A database at a chosen version of its schema, what it looks like there, and what is in it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from pydantic import SecretStr

from shared.database.bootstrap import prepare_database
from shared.migrating import run as migrating
from shared.migrating.files import Migration, migration_paths, number_of, read_migrations
from testing.database import ServiceDatabase, new_database

_SCHEMA = (
    """
    SELECT 'column', table_name, column_name, data_type, character_maximum_length, is_nullable,
           column_default, generation_expression, collation_name
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    """
    SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
    """,
    """
    SELECT 'rights', table_name, grantee, privilege_type
    FROM information_schema.role_table_grants WHERE table_schema = 'public'
    """,
    """
    SELECT 'comment', classoid::regclass::text, objoid::regclass::text, objsubid, description
    FROM pg_description JOIN pg_class ON pg_class.oid = objoid
    WHERE relnamespace = 'public'::regnamespace
    """,
)


def folder_of(app: str) -> Path:
    """Return where the migrations of an app are."""
    return Path(migrating.LOCATION.format(app=app))


async def migrations_of(app: str) -> list[Migration]:
    """Return the migrations of an app in their order."""
    return await read_migrations(folder_of(app))


@asynccontextmanager
async def empty_database(admin_url: str, app: str) -> AsyncIterator[ServiceDatabase]:
    """Make a database with its roles and no tables, and drop it at the end."""
    database = new_database(admin_url, app)
    await prepare_database(
        admin_url, owner_url=database.owner_url, runtime_url=database.runtime_url
    )
    try:
        yield database
    finally:
        await database.drop()


async def upgrade(database: ServiceDatabase, app: str, *, to: int) -> None:
    """Apply the migrations up to this number, as the version that had no newer ones would."""
    with TemporaryDirectory() as folder:
        for path in migration_paths(folder_of(app)):
            if number_of(path.name) <= to:
                shutil.copy(path, folder)
        migrations = await read_migrations(Path(folder))
    await migrating.apply_all(SecretStr(database.owner_url), migrations, app=app)


async def schema_of(database: ServiceDatabase) -> set[tuple[object, ...]]:
    """Return everything that a downgrade must restore; in which order columns stand is left out."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        return {tuple(row) for query in _SCHEMA for row in await connection.fetch(query)}
    finally:
        await connection.close()


async def rows_of(database: ServiceDatabase) -> dict[str, set[str]]:
    """Return each table's rows as JSON, which names the columns."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'aerich'"
        )
        return {
            table: {
                row[0]
                for row in await connection.fetch(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            }
            for (table,) in tables
        }
    finally:
        await connection.close()


async def assert_goes_up_and_down(
    database: ServiceDatabase, app: str, rows: dict[int, str]
) -> None:
    """Go up, down and up again by each step of an app, with `rows` added at their version.

    After a step down the schema is that of before, and so is every row; so it is with the schema
    after the second step up.
    """
    url = SecretStr(database.owner_url)
    for migration in await migrations_of(app):
        if migration.number == 0:
            await upgrade(database, app, to=0)
        else:
            before, filled = await schema_of(database), await rows_of(database)
            await upgrade(database, app, to=migration.number)
            after = await schema_of(database)
            assert await migrating.downgrade(url, app=app, to=migration.number - 1)
            assert await schema_of(database) == before
            assert await rows_of(database) == filled
            await upgrade(database, app, to=migration.number)
            assert await schema_of(database) == after
        if statements := rows.get(migration.number):
            await run_statements(database, statements)


async def run_statements(database: ServiceDatabase, statements: str) -> None:
    """Run them as the service would."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()
