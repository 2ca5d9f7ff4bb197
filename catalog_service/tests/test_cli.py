"""The commands, run as an operator runs them, but within the test's own process."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from catalog_service import cli
from catalog_service.orm import APP
from catalog_service.tests.conftest import SECRETS
from shared.testing.database import ServiceDatabase, new_database

DEMO_PRODUCTS = 208


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands beside the test's event loop and sees what they say."""

    capsys: pytest.CaptureFixture[str]

    async def run(self, *arguments: str | Path) -> Outcome:
        self.capsys.readouterr()
        code = await asyncio.to_thread(cli.main, [str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Outcome(code, said.out, said.err)


@pytest.fixture
def shell(
    database: ServiceDatabase,
    empty_tables: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("CATALOG_MIGRATION_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("CATALOG_SECRETS", json.dumps(SECRETS))
    monkeypatch.delenv("CATALOG_BOOTSTRAP_DATABASE_URL", raising=False)
    return Shell(capsys)


async def count(database: ServiceDatabase) -> int:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        products: int = await connection.fetchval("SELECT count(*) FROM product")
        return products
    finally:
        await connection.close()


async def test_a_file_is_loaded_and_its_progress_shown(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\n" + "Чай,100\n" * 2500)

    outcome = await shell.run("load", file)

    assert outcome == Outcome(
        0,
        f"Loaded 2500 products from {file}.\n",
        "1000 lines read\n2000 lines read\n2500 lines read\n",
    )
    assert await count(database) == 2500


async def test_on_a_terminal_the_progress_stays_on_one_line(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "products.jsonl"
    file.write_text('{"name": "Чай", "price": 100}\n')
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    outcome = await shell.run("load", file)

    assert outcome.err == "1 lines read\r"


async def test_bad_lines_are_told_and_nothing_is_loaded(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n,100\nКофе,дорого\n")

    outcome = await shell.run("load", file)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-3:] == [
        "line 3: name: String should have at least 1 character",
        "line 4: price: Input should be a valid integer",
        "2 bad lines: nothing was loaded.",
    ]
    assert await count(database) == 0


async def test_of_many_bad_lines_the_first_are_told(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\n" + ",100\n" * 1234)

    outcome = await shell.run("load", file)

    complaints = [line for line in outcome.err.splitlines() if not line.endswith("lines read")]
    assert len(complaints) == 52
    assert complaints[-3].startswith("line 51: ")
    assert complaints[-2:] == ["and 1184 more bad lines", "1234 bad lines: nothing was loaded."]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.csv", None, "{} cannot be read: No such file or directory.\n"),
        ("products.xml", "", "{} is of no known kind: its name must end in .csv or .jsonl.\n"),
        ("only-header.csv", "name,price\n", "There are no products in it: nothing was loaded.\n"),
        ("empty.jsonl", "", "There are no products in it: nothing was loaded.\n"),
    ],
)
async def test_a_file_without_products_gets_a_sentence(
    shell: Shell, tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)

    assert await shell.run("load", file) == Outcome(1, "", sentence.format(file))


@pytest.mark.parametrize("command", [["load-demo"], ["migrate"], ["prepare", "--demo"]])
async def test_a_database_that_is_away_gets_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    for name in ("CATALOG_DATABASE_URL", "CATALOG_MIGRATION_DATABASE_URL"):
        monkeypatch.setenv(name, "postgres://nobody:secret@127.0.0.1:1/none")

    outcome = await shell.run(*command)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("The catalog's database cannot be used: ")
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

    outcome = await shell.run("load", file)

    assert outcome.code == 1
    assert outcome.err.startswith("The catalog's database cannot be used: password authentication")


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
    await shell.run("load", file)

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
    migrations = Path(cli.__file__).parent / "migrations"
    shutil.copytree(migrations, tmp_path / APP)
    monkeypatch.setattr("shared.migrate.LOCATION", str(tmp_path))
    monkeypatch.delenv("CATALOG_DATABASE_URL")

    outcome = await shell.run("draft-migration", "nothing")

    assert outcome == Outcome(0, "The models have not changed.\n", "")


@pytest.mark.parametrize("arguments", [[], ["fly"], ["load"], ["load", "a.csv", "b.csv"]])
async def test_wrong_arguments_show_how_to_call(shell: Shell, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        await shell.run(*arguments)

    assert end.value.code == 2
    assert shell.capsys.readouterr().err.startswith("usage: python -m catalog_service.cli")
