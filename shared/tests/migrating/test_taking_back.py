"""A downgrade goes back as far as it should, and loses nothing that nobody gave up."""

import asyncio

import asyncpg
import pytest

from shared.migrating.steps import LocksHeld, MigrationFailed, WouldLoseData
from shared.tests.migrating.conftest import Desk

pytestmark = pytest.mark.timing


@pytest.fixture(autouse=True)
def migrations(desk: Desk) -> None:
    desk.write(
        "1_price",
        "ALTER TABLE tea ADD price int",
        "ALTER TABLE tea DROP price",
        LOCKS=("tea",),
        LOSES={"tea": "price IS NOT NULL"},
    )
    desk.write("2_pot", "CREATE TABLE pot (id int)", "DROP TABLE pot", LOSES={"pot": "true"})
    desk.write(
        "3_index",
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS "pot_id" ON pot (id)',
        'DROP INDEX CONCURRENTLY IF EXISTS "pot_id"',
        RUN_IN_TRANSACTION=False,
    )


async def test_one_step_is_the_newest(desk: Desk) -> None:
    await desk.migrate()

    assert await desk.downgrade() == ["3_index.py"]
    assert await desk.downgrade() == ["2_pot.py"]
    assert await desk.applied() == ["0_first.py", "1_price.py"]
    assert await desk.ask("SELECT to_regclass('pot') IS NULL")
    assert await desk.migrate() == ["2_pot.py", "3_index.py"]


async def test_a_named_version_stays_the_newest(desk: Desk) -> None:
    await desk.migrate()

    assert await desk.downgrade(to=0) == ["3_index.py", "2_pot.py", "1_price.py"]
    assert await desk.applied() == ["0_first.py"]


@pytest.mark.parametrize("to", [None, 4])
async def test_there_is_nothing_before_the_first_and_nothing_after_the_last(
    desk: Desk, to: int | None
) -> None:
    await desk.migrate()
    await desk.downgrade(to=0)

    with pytest.raises(MigrationFailed, match=r"no such version .* the database is at 0_first.py"):
        await desk.downgrade(to=to)


async def test_a_database_without_a_schema_has_no_version(desk: Desk) -> None:
    with pytest.raises(MigrationFailed, match="the database is at none"):
        await desk.downgrade()


async def test_what_a_newer_version_did_is_left_to_it(desk: Desk) -> None:
    await desk.migrate()
    (desk.folder / "3_index.py").unlink()

    with pytest.raises(MigrationFailed, match=r"does not know 3_index.py"):
        await desk.downgrade()


async def test_nothing_is_touched_where_any_of_the_steps_would_lose_something(
    desk: Desk, customer: asyncpg.Connection
) -> None:
    await customer.execute("INSERT INTO tea VALUES (1, 100), (2, NULL)")
    with pytest.raises(WouldLoseData, match=r"1_price.py .*: 1 of tea\. .* --lose-data"):
        await desk.downgrade(to=0)
    assert len(await desk.applied()) == 4

    assert len(await desk.downgrade(to=0, lose_data=True)) == 3
    assert await desk.ask("SELECT array_agg(id ORDER BY id) FROM tea") == [1, 2]


async def test_a_row_that_comes_at_the_last_moment_is_not_lost(
    desk: Desk, customer: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.migrating.steps.PAUSES", (0.05,) * 100)
    await desk.downgrade(to=2)
    async with customer.transaction():
        await customer.execute("INSERT INTO pot VALUES (1)")
        going_back = asyncio.create_task(desk.downgrade())
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'pot'::regclass AND NOT granted"
        while not await desk.ask(waiting):
            await asyncio.sleep(0.01)

    with pytest.raises(WouldLoseData, match="1 of pot"):
        await going_back
    assert await desk.ask("SELECT count(*) FROM pot") == 1


async def test_tables_in_use_are_left_alone(desk: Desk, customer: asyncpg.Connection) -> None:
    await desk.downgrade(to=2)
    async with customer.transaction():
        await customer.fetch("SELECT * FROM pot")
        with pytest.raises(LocksHeld, match=r"2_pot.py was not taken back"):
            await desk.downgrade()
