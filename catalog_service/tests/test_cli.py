"""The commands that prepare and fill a database, and what they say when they cannot."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from catalog_service import cli
from catalog_service.orm import APP
from catalog_service.tests.shell import Outcome, Shell, count
from shared.migrating.files import migration_paths
from testing.database import ServiceDatabase, new_database

DEMO_PRODUCTS = 208
MIGRATIONS = Path(cli.__file__).parent / "migrations"


@pytest.mark.parametrize("command", [["load-demo"], ["migrate"], ["prepare", "--demo"]])
async def test_a_database_that_is_away_gets_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    for name in ("CATALOG_DATABASE_URL", "CATALOG_MIGRATION_DATABASE_URL"):
        monkeypatch.setenv(name, "postgres://nobody:secret@127.0.0.1:1/none")

    outcome = await shell.run(*command)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("catalog: the database cannot be used: ")
    assert outcome.err.count("\n") == 1
    assert "secret" not in outcome.err


async def test_a_wrong_password_gets_a_sentence(
    shell: Shell, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n")
    account, _, place = database.runtime_url.rpartition("@")
    role = account.rpartition(":")[0]
    monkeypatch.setenv("CATALOG_DATABASE_URL", f"{role}:wrong@{place}")

    outcome = await shell.run("import", file)

    assert outcome.code == 1
    assert outcome.err.startswith("catalog: the database cannot be used: password authentication")


async def test_demo_products_are_loaded_into_an_empty_catalog_only(
    shell: Shell, database: ServiceDatabase
) -> None:
    first, second = await shell.run("load-demo"), await shell.run("load-demo")

    assert first == Outcome(0, f"Loaded {DEMO_PRODUCTS} demo products.\n", "")
    assert second == Outcome(0, "There are products already: no demo products loaded.\n", "")
    assert await count(database) == DEMO_PRODUCTS


async def test_an_inactive_product_keeps_the_demo_out(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price,is_active\nЧай,100,false\n")
    await shell.run("import", file)

    await shell.run("load-demo")

    assert await count(database) == 1


@pytest.fixture
async def unprepared(
    shell: Shell, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServiceDatabase]:
    fresh = new_database(postgres_url, APP)
    monkeypatch.setenv("CATALOG_DATABASE_URL", fresh.runtime_url)
    monkeypatch.setenv("CATALOG_MIGRATION_DATABASE_URL", fresh.owner_url)
    monkeypatch.setenv("CATALOG_BOOTSTRAP_DATABASE_URL", postgres_url)
    yield fresh
    await fresh.drop()


async def test_prepare_makes_everything_and_can_be_repeated(
    shell: Shell, unprepared: ServiceDatabase
) -> None:
    first, second = await shell.run("prepare"), await shell.run("prepare", "--demo")

    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("Migrations applied: 0_")
    assert second.out.splitlines() == [
        "Migrations applied: none, all were there",
        f"Loaded {DEMO_PRODUCTS} demo products.",
    ]
    assert await count(unprepared) == DEMO_PRODUCTS


async def test_the_newest_change_of_the_schema_is_taken_back_and_made_again(
    shell: Shell, unprepared: ServiceDatabase
) -> None:
    before, newest = [path.name for path in migration_paths(MIGRATIONS)][-2:]
    await shell.run("prepare")

    assert await shell.run("downgrade") == Outcome(0, f"Migrations taken back: {newest}\n", "")
    assert await shell.run("downgrade", "--to", before) == Outcome(
        0, "Migrations taken back: none\n", ""
    )
    assert await shell.run("migrate") == Outcome(0, f"Migrations applied: {newest}\n", "")


async def test_stock_is_lost_only_by_who_says_so(shell: Shell, unprepared: ServiceDatabase) -> None:
    await shell.run("prepare", "--demo")
    owner = await asyncpg.connect(unprepared.owner_url)
    await owner.execute("INSERT INTO product_stock (product_id, quantity) VALUES (1, 1)")
    await owner.execute("DELETE FROM audit_events")  # which would be the first that is lost
    await owner.close()

    refused = await shell.run("downgrade", "--to", "0")
    assert refused.code == 1
    assert "would be lost: 1 of product_stock" in refused.err
    assert (await shell.run("downgrade", "--to", "0", "--lose-data")).code == 0
    assert await count(unprepared) == DEMO_PRODUCTS


async def test_a_table_in_use_makes_an_exit_code_of_its_own(
    shell: Shell, unprepared: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shell.run("prepare")
    await shell.run("downgrade", "--to", "2")
    monkeypatch.setattr("shared.migrating.steps.PAUSES", ())
    monkeypatch.setenv("CATALOG_MIGRATION_LOCK_TIMEOUT", "0.05")
    reader = await asyncpg.connect(unprepared.runtime_url)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM product")
        outcome = await shell.run("migrate")
    await reader.close()

    assert outcome.code == 75
    assert "its tables were in use at each of 1 attempts" in outcome.err


async def test_tables_that_were_not_made_yet_get_a_sentence(
    shell: Shell, database: ServiceDatabase, unprepared: ServiceDatabase
) -> None:
    await shell.run("prepare")
    owner = await asyncpg.connect(unprepared.owner_url)
    await owner.execute("DROP TABLE product CASCADE")
    await owner.close()

    outcome = await shell.run("load-demo")

    assert outcome.code == 1
    assert 'relation "product" does not exist' in outcome.err


async def test_drafting_says_when_there_is_nothing_to_write_down(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / APP)
    monkeypatch.setattr("shared.migrating.run.LOCATION", str(tmp_path))
    monkeypatch.delenv("CATALOG_DATABASE_URL")

    outcome = await shell.run("draft-migration", "nothing")

    assert outcome == Outcome(0, "The models have not changed.\n", "")


@pytest.mark.parametrize("arguments", [[], ["fly"], ["import"], ["import", "a.csv", "b.csv"]])
async def test_wrong_arguments_show_how_to_call(shell: Shell, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        await shell.run(*arguments)

    assert end.value.code == 2
    assert shell.capsys.readouterr().err.startswith("Usage: python -m catalog_service.cli")
