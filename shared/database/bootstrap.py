"""Make a service's database and its two roles: an owner to migrate, a runtime role without DDL."""

import logging
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
from pydantic import SecretStr

from shared.database.connection import connect_arguments
from shared.database_url import arguments_of

logger = logging.getLogger(__name__)

SHARED = ("postgres", "template1")
"""Databases that PostgreSQL opens to every role of a server."""
LOCK = 0x76697472  # "vitr": one bootstrap at a time on a server


@dataclass(frozen=True, slots=True)
class _Account:
    role: str
    password: str
    database: str


def _account(url: str) -> _Account:
    told = arguments_of(url)
    return _Account(role=told["user"], password=told["password"], database=told["database"])


async def prepare_database(admin_url: str, *, owner_url: str, runtime_url: str) -> None:
    """Make database and roles as the two URLs name them; safe to repeat, also side by side.

    `admin_url` is a superuser's. The runtime role may read and change rows of the owner's
    tables, those made later too, and nothing else; no other role may connect. What an earlier
    version allowed beyond that is taken away.
    """
    owner, runtime = _account(owner_url), _account(runtime_url)
    connection = await _connect(admin_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        for account in (owner, runtime):
            await _make_role(connection, account)
        await _make_database(connection, owner)
        await _grant_connect(connection, owner, runtime)
        await close_shared_databases(connection)
        await _grant_rows(admin_url, owner, runtime)
    finally:
        await connection.close()


async def _connect(admin_url: str, **others: str) -> asyncpg.Connection:
    arguments = connect_arguments(SecretStr(admin_url), app="preparation", command_timeout=None)
    return await asyncpg.connect(**{**arguments, **others})


async def _run(connection: asyncpg.Connection, template: str, *names: str) -> None:
    """Run a statement that takes no parameters: PostgreSQL itself quotes `names` into it."""
    parameters = ", ".join(f"${n}::text" for n in range(1, len(names) + 2))
    await connection.execute(
        await connection.fetchval(f"SELECT format({parameters})", template, *names)
    )


async def _make_role(connection: asyncpg.Connection, account: _Account) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", account.role)
    verb = "ALTER" if exists else "CREATE"
    await _run(
        connection,
        f"{verb} ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        " PASSWORD %L",
        account.role,
        account.password,
    )


async def _make_database(connection: asyncpg.Connection, owner: _Account) -> None:
    query = "SELECT 1 FROM pg_database WHERE datname = $1"
    if not await connection.fetchval(query, owner.database):
        await _run(
            connection,
            "CREATE DATABASE %I OWNER %I ENCODING 'UTF8' TEMPLATE template0",
            owner.database,
            owner.role,
        )


async def _grant_connect(
    connection: asyncpg.Connection, owner: _Account, runtime: _Account
) -> None:
    async with connection.transaction():  # nobody finds the door closed meanwhile
        await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", owner.database)
        await _run(connection, "REVOKE ALL ON DATABASE %I FROM %I", owner.database, runtime.role)
        await _run(connection, "GRANT CONNECT ON DATABASE %I TO %I", owner.database, runtime.role)


async def close_shared_databases(connection: asyncpg.Connection) -> None:
    """Leave them to superusers, their owners, and roles that are granted CONNECT by name.

    Somebody else may own them, as on a managed server: that is logged.
    """
    for database in SHARED:
        with suppress(asyncpg.InsufficientPrivilegeError):
            await _run(connection, "REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC", database)
        is_open = "SELECT has_database_privilege('public', $1, 'CONNECT')"
        if await connection.fetchval(is_open, database):
            logger.warning("every role of the server may connect to the database %s", database)


async def _grant_rows(admin_url: str, owner: _Account, runtime: _Account) -> None:
    connection = await _connect(admin_url, database=owner.database)
    rights = "ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public GRANT"
    try:
        await _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await _run(connection, "GRANT USAGE ON SCHEMA public TO %I", runtime.role)
        await _run(connection, "GRANT ALL ON SCHEMA public TO %I", owner.role)
        await _run(
            connection,
            f"{rights} SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I",
            owner.role,
            runtime.role,
        )
        await _run(
            connection, f"{rights} USAGE, SELECT ON SEQUENCES TO %I", owner.role, runtime.role
        )
    finally:
        await connection.close()
