"""The migrated schema against the models, and what each role may do with it."""

import asyncpg
import pytest
from pydantic import SecretStr

from auth_service import orm
from auth_service.models import (
    AccountChange,
    AccountFeed,
    AuditEvent,
    Confirmation,
    Device,
    EmailAttempt,
    OutboxEmail,
    RateLimit,
    RefreshToken,
    Session,
    SigningKey,
    Throttle,
    User,
)
from shared.database.bootstrap import prepare_database
from shared.migrating.run import draft, migrate
from testing.database import ServiceDatabase, new_database
from testing.schema import assert_schema_fits_models


async def test_the_migrations_make_what_the_models_say(database: ServiceDatabase) -> None:
    models = (
        *(User, Session, Device, RefreshToken, SigningKey, Confirmation, OutboxEmail, EmailAttempt),
        *(RateLimit, Throttle, AuditEvent, AccountChange, AccountFeed),
    )

    await assert_schema_fits_models(
        database,
        models,
        app=orm.APP,
        by_hand=frozenset({"users_parts", "users_by_name", "users_listed"}),
    )


async def test_the_models_have_not_changed_since_the_newest_migration(
    database: ServiceDatabase,
) -> None:
    url = SecretStr(database.owner_url)

    assert not await draft(url, app=orm.APP, models=orm.MODELS, name="drift")


async def test_the_runtime_role_cannot_change_the_schema(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        for statement in ("CREATE TABLE mine (id int)", "DROP TABLE users", "TRUNCATE users"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_what_stands_in_the_audit_log_stays(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        await connection.fetch("SELECT * FROM audit_events")
        for statement in ("UPDATE audit_events SET event = 'x'", "DELETE FROM audit_events"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_no_role_of_another_service_can_connect(
    postgres_url: str, database: ServiceDatabase
) -> None:
    stranger = new_database(postgres_url, "stranger")
    await prepare_database(
        postgres_url, owner_url=stranger.owner_url, runtime_url=stranger.runtime_url
    )
    try:
        path = database.owner_url.rpartition("/")[2]
        for url in (stranger.owner_url, stranger.runtime_url):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(f"{url.rpartition('/')[0]}/{path}")
    finally:
        await stranger.drop()


async def test_a_second_migration_finds_nothing_to_do(database: ServiceDatabase) -> None:
    assert await migrate(SecretStr(database.owner_url), app=orm.APP) == []
