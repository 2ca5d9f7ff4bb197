"""Hold a migrated schema against the models, because aerich leaves things out without a word."""

from collections.abc import Iterable

import asyncpg
from pydantic import SecretStr
from tortoise.context import TortoiseContext
from tortoise.models import Model

from shared.database.bootstrap import prepare_database
from shared.database.connection import tortoise_config
from testing.database import ServiceDatabase, new_database

_COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
           column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'aerich'
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'aerich'
"""
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_CONSTRAINTS = """
    SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
"""


async def assert_schema_fits_models(
    migrated: ServiceDatabase,
    models: Iterable[type[Model]],
    *,
    app: str,
    by_hand: frozenset[str] = frozenset(),
) -> None:
    """Compare columns, indexes, foreign keys and named constraints of the migrated database.

    The measure is what Tortoise itself makes of the same models in an empty database, and
    `Meta.constraints`, which Tortoise leaves out too; `by_hand` names the indexes that no model
    can say.
    """
    named = {c.name for model in models for c in getattr(model.Meta, "constraints", ())} | by_hand
    present = {row[0] for row in await _rows(migrated.owner_url, _CONSTRAINTS)}
    assert named <= present, f"not in the migrations: {named - present}"

    modelled = new_database(migrated.admin_url, "modelled")
    await prepare_database(
        migrated.admin_url, owner_url=modelled.owner_url, runtime_url=modelled.runtime_url
    )
    try:
        await _generate(modelled, models, app)
        for query in (_COLUMNS, _INDEXES, _FOREIGN_KEYS):
            expected = await _rows(modelled.owner_url, query)
            found = {row for row in await _rows(migrated.owner_url, query) if row[0] not in named}
            assert found == expected, f"{found - expected} is not {expected - found}"
    finally:
        await modelled.drop()


async def _generate(database: ServiceDatabase, models: Iterable[type[Model]], app: str) -> None:
    modules = sorted({model.__module__ for model in models})
    config = tortoise_config(SecretStr(database.owner_url), app=app, models=modules)
    async with TortoiseContext() as context:
        await context.init(config=config)
        await context.generate_schemas(safe=False)


async def _rows(url: str, query: str) -> set[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return {tuple(row) for row in await connection.fetch(query)}
    finally:
        await connection.close()
