"""Migrations are all or nothing, one migrator at a time, and in nobody's way for long."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from shared.database.connection import UNAVAILABLE
from shared.migrating.limits import Limits
from shared.migrating.steps import LocksHeld, MigrationFailed
from shared.tests.migrating.conftest import HASTY, Desk

pytestmark = pytest.mark.timing


async def test_a_table_in_use_is_left_alone_after_some_attempts(
    desk: Desk, customer: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write("1_price", "ALTER TABLE tea ADD price int")
    async with customer.transaction():
        await customer.fetch("SELECT * FROM tea")
        with pytest.raises(LocksHeld, match=r"1_price.py was not applied: .* 3 attempts"):
            await desk.migrate()

    assert LocksHeld.exit_code == 75
    assert [record.getMessage() for record in caplog.records] == [
        "1_price.py was not applied: its tables are in use; again in 0.05 s"
    ] * 2
    assert await desk.applied() == ["0_first.py"]
    assert await desk.migrate() == ["1_price.py"]


async def test_a_migration_gives_way_instead_of_a_request_that_meets_it_halfway(
    desk: Desk, customer: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.migrating.steps.PAUSES", (0.05,) * 100)
    desk.write(
        "1_more", "ALTER TABLE tea ADD x int; ALTER TABLE cup ADD x int", LOCKS=("tea", "cup")
    )
    async with customer.transaction():
        await customer.execute("INSERT INTO cup VALUES (1)")
        migrator = asyncio.create_task(desk.migrate())
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'cup'::regclass AND NOT granted"
        while not await desk.ask(waiting):
            await asyncio.sleep(0.01)
        await customer.execute("INSERT INTO tea VALUES (1)")

    assert await migrator == ["1_more.py"]
    assert await desk.ask("SELECT (SELECT count(*) FROM tea) + (SELECT count(*) FROM cup)") == 2


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT pg_sleep(60)", "took longer than DESK_MIGRATION_STATEMENT_TIMEOUT allows"),
        ("SELECT 1 / 0", "division by zero"),
        ("ALTER TABLE aerich ADD CHECK (version <> '2_bad.py')", "violates check constraint"),
    ],
)
async def test_a_migration_that_fails_leaves_nothing(
    desk: Desk, statement: str, sentence: str
) -> None:
    desk.write("1_good", "CREATE TABLE one (id int)")
    await desk.migrate()
    desk.write("2_bad", f"CREATE TABLE two (id int); {statement}")
    timeout = timedelta(seconds=1 if "sleep" in statement else 60)
    with pytest.raises(MigrationFailed, match=f"2_bad.py was not applied: .*{sentence}"):
        await desk.migrate(Limits(HASTY.lock, timeout))

    assert await desk.applied() == ["0_first.py", "1_good.py"]
    assert await desk.ask("SELECT to_regclass('one') IS NOT NULL AND to_regclass('two') IS NULL")


async def test_a_migrator_that_is_killed_leaves_nothing(desk: Desk) -> None:
    desk.write("1_slow", "CREATE TABLE one (id int); SELECT pg_sleep(60)")
    migrator = asyncio.create_task(desk.migrate())
    kill = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE query LIKE 'CREATE TABLE one%' AND datname = current_database()"
    )
    while not await desk.ask(kill):
        await asyncio.sleep(0.01)
    with pytest.raises(UNAVAILABLE):
        await migrator

    assert await desk.applied() == ["0_first.py"]
    desk.write("1_slow", "CREATE TABLE one (id int)")
    assert await desk.migrate() == ["1_slow.py"]


async def test_several_migrators_build_one_index_beside_writers(
    desk: Desk, customer: asyncpg.Connection
) -> None:
    index = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS "tea_id" ON tea (id)'
    desk.write("1_index", index, RUN_IN_TRANSACTION=False)
    async with customer.transaction():
        await customer.execute("INSERT INTO tea VALUES (1)")
        migrators = asyncio.gather(*(desk.migrate() for _ in range(4)))
        building = "SELECT count(*) FROM pg_stat_progress_create_index"
        while not await desk.ask(building):
            await asyncio.sleep(0.01)
        await desk.ask("INSERT INTO tea VALUES (2) RETURNING id")

    assert sorted(await migrators) == [[], [], [], ["1_index.py"]]


async def test_an_index_that_was_left_unfinished_is_made_anew(
    desk: Desk, customer: asyncpg.Connection
) -> None:
    index = 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "tea_once" ON tea (id)'
    desk.write("1_index", index, RUN_IN_TRANSACTION=False)
    await customer.execute("INSERT INTO tea VALUES (1), (1)")
    with pytest.raises(MigrationFailed, match="could not create unique index"):
        await desk.migrate()
    await customer.execute("DELETE FROM tea")

    assert await desk.migrate() == ["1_index.py"]
    assert await desk.ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tea_once'::regclass")


async def test_what_contracts_waits_until_the_services_were_started_anew(
    desk: Desk, customer: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write("1_expand", "ALTER TABLE tea ADD price int")
    desk.write("2_contract", "ALTER TABLE tea DROP id", CONTRACTS=True)

    desk.write("3_expand", "ALTER TABLE tea ADD origin text")

    assert await desk.migrate() == ["1_expand.py", "3_expand.py"]
    assert "2_contract.py waits until every service runs this version" in caplog.text
    assert await desk.migrate() == ["2_contract.py"]


async def test_an_empty_database_gets_everything_together(desk: Desk) -> None:
    desk.write("1_contract", "ALTER TABLE tea DROP id", CONTRACTS=True)

    assert await desk.migrate() == ["0_first.py", "1_contract.py"]
