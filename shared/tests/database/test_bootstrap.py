"""A runtime role may do what its service needs and no more, also where it could before."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from pydantic import SecretStr

from shared.database.bootstrap import SHARED, close_shared_databases, prepare_database
from shared.migrating.run import migrate
from testing.database import ServiceDatabase, migrated_database

APP = "catalog"
FORMERLY = (
    "GRANT ALL ON TABLE aerich TO {runtime}",
    "GRANT SELECT ON TABLE aerich TO PUBLIC",
    "GRANT ALL ON SEQUENCE aerich_id_seq TO {runtime}",
    "GRANT TEMPORARY, CREATE ON DATABASE {database} TO {runtime}",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE postgres TO PUBLIC",
    "GRANT CONNECT ON DATABASE template1 TO PUBLIC",
    "ALTER ROLE {runtime} CREATEDB CREATEROLE REPLICATION BYPASSRLS",
)
"""What an earlier version left to the role, and what somebody may have added."""


@pytest.fixture(scope="module")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=APP) as database:
        yield database


@pytest.fixture(params=["new", "of an earlier version"])
async def prepared(database: ServiceDatabase, request: pytest.FixtureRequest) -> ServiceDatabase:
    """The database after `prepare`, which made it or mends it."""
    if request.param == "new":
        return database
    names = {"runtime": role_of(database), "database": database.runtime_url.rpartition("/")[2]}
    inside = database.admin_url.rpartition("/")[0] + f"/{names['database']}"
    connection = await asyncpg.connect(inside)
    try:
        for statement in FORMERLY:
            await connection.execute(statement.format_map(names))
    finally:
        await connection.close()
    for _ in range(2):  # the second time finds nothing to mend
        await prepare_database(
            database.admin_url, owner_url=database.owner_url, runtime_url=database.runtime_url
        )
        await migrate(SecretStr(database.owner_url), app=APP)
    return database


def role_of(database: ServiceDatabase) -> str:
    return database.runtime_url.partition("://")[2].partition(":")[0]


async def ask(url: str, query: str, *values: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(query, *values)
        return rows
    finally:
        await connection.close()


@pytest.mark.parametrize("elsewhere", SHARED)
async def test_it_can_connect_to_its_own_database_alone(
    prepared: ServiceDatabase, elsewhere: str
) -> None:
    for url in (prepared.runtime_url, prepared.owner_url):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{url.rpartition('/')[0]}/{elsewhere}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM aerich",
        "UPDATE aerich SET version = ''",
        "INSERT INTO aerich (version, app, content) VALUES ('9', 'catalog', '{}')",
        "SELECT * FROM aerich",
        "SELECT nextval('aerich_id_seq')",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "TRUNCATE product",
    ],
)
async def test_it_is_refused_what_its_service_does_not_do(
    prepared: ServiceDatabase, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(prepared.runtime_url, statement)


async def test_it_has_the_rights_of_its_service_on_every_other_table(
    prepared: ServiceDatabase,
) -> None:
    granted = await ask(
        prepared.owner_url,
        "SELECT relname, relkind::text, array_agg(privilege_type ORDER BY privilege_type) AS may"
        " FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,"
        " aclexplode(relacl) WHERE nspname = 'public' AND pg_get_userbyid(grantee) = $1"
        " GROUP BY 1, 2",
        role_of(prepared),
    )
    assert {row["relname"] for row in granted} >= {"product", "customer_order", "product_id_seq"}
    for row in granted:
        usual = ["DELETE", "INSERT", "SELECT", "UPDATE"]
        assert row["may"] == (["SELECT", "USAGE"] if row["relkind"] == "S" else usual)


async def test_it_has_no_attribute_of_an_administrator(prepared: ServiceDatabase) -> None:
    [role] = await ask(
        prepared.owner_url,
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = $1",
        role_of(prepared),
    )
    assert not any(role.values())


async def test_a_database_that_is_another_ones_to_close_is_named(
    database: ServiceDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a managed server, whose `superuser` owns neither."""
    role = f"manager_of_{role_of(database)}"
    await ask(
        database.admin_url, f"CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD 'of the tests'"
    )
    place = database.admin_url.rpartition("@")[2]
    connection = await asyncpg.connect(database.admin_url)
    try:
        await connection.execute("GRANT CONNECT ON DATABASE template1 TO PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE postgres TO {role}")
        manager = await asyncpg.connect(f"postgres://{role}:of%20the%20tests@{place}")
        await close_shared_databases(manager)
        await manager.close()
    finally:
        await connection.execute("REVOKE CONNECT ON DATABASE template1 FROM PUBLIC")
        await connection.execute(f"REVOKE CONNECT ON DATABASE postgres FROM {role}")
        await connection.execute(f"DROP ROLE {role}")
        await connection.close()

    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["template1"]
