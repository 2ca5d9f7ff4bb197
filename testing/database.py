"""A migrated database of its own for each service's tests, on a real PostgreSQL."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from pydantic import SecretStr

from shared.database.bootstrap import prepare_database
from shared.migrating.run import migrate


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """The URLs of one database: as superuser, as owner, and as the role without DDL."""

    admin_url: str
    owner_url: str
    runtime_url: str

    async def empty(self, *, but: tuple[str, ...] = ()) -> None:
        """Remove all rows, as no test may depend on another's, `but` those of some tables."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            tables = await connection.fetch(
                "SELECT quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> ALL($1)",
                ["aerich", *but],
            )
            names = ", ".join(row[0] for row in tables)
            await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        finally:
            await connection.close()

    async def drop(self) -> None:
        """Remove database and roles, no matter who is connected."""
        owner, runtime = urlsplit(self.owner_url), urlsplit(self.runtime_url)
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(f"DROP DATABASE {owner.path[1:]} WITH (FORCE)")
            for role in (owner.username, runtime.username):
                await connection.execute(f"DROP ROLE {role}")
        finally:
            await connection.close()


def new_database(admin_url: str, app: str) -> ServiceDatabase:
    """Name a database that does not exist yet, with roles of its own."""
    suffix = secrets.token_hex(4)
    host = urlsplit(admin_url).netloc.rpartition("@")[2]

    def url(role: str) -> str:
        account = f"{app}_{role}_{suffix}:{secrets.token_hex(8)}"
        return urlunsplit(("postgres", f"{account}@{host}", f"/{app}_{suffix}", "", ""))

    return ServiceDatabase(admin_url, url("owner"), url("runtime"))


@asynccontextmanager
async def migrated_database(admin_url: str, *, app: str) -> AsyncIterator[ServiceDatabase]:
    """Make a database as production makes it, migrate it, and drop it at the end."""
    database = new_database(admin_url, app)
    await prepare_database(
        admin_url, owner_url=database.owner_url, runtime_url=database.runtime_url
    )
    try:
        await migrate(SecretStr(database.owner_url), app=app)
        yield database
    finally:
        await database.drop()
