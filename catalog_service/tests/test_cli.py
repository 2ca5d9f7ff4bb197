"""The commands, run as an operator runs them, but within the test's own process."""

import asyncio
import contextlib
import io
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
from catalog_service.transfer.importing import LOCK
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


async def test_a_file_is_imported_and_its_progress_shown(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\n" + "Чай,100\n" * 2500)

    outcome = await shell.run("import", file)

    assert outcome == Outcome(
        0,
        f"{file}: 2500 created, 0 changed, 0 unchanged, 0 refused.\n",
        "1000 lines read\n2000 lines read\n2500 lines read\n",
    )
    assert await count(database) == 2500


async def test_on_a_terminal_the_progress_stays_on_one_line(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "products.jsonl"
    file.write_text('{"name": "Чай", "price": 100}\n')
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    outcome = await shell.run("import", file)

    assert outcome.err == "1 lines read\r"


async def test_bad_lines_are_told_and_nothing_is_imported(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n,100\nКофе,дорого\n")

    outcome = await shell.run("import", file)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-3:] == [
        "line 3: name: String should have at least 1 character",
        "line 4: price: Input should be a valid integer",
        "Some lines hold no product, so nothing was imported.",
    ]
    assert await count(database) == 0


async def test_bad_lines_can_be_skipped(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n,100\n")

    outcome = await shell.run("import", file, "--skip-errors")

    assert (outcome.code, outcome.out) == (
        0,
        f"{file}: 1 created, 0 changed, 0 unchanged, 1 refused.\n",
    )
    assert outcome.err.endswith("line 3: name: String should have at least 1 character\n")
    assert await count(database) == 1


@pytest.mark.parametrize(("content", "code"), [("Чай,100\n", 0), (",100\n", 1)])
async def test_a_dry_run_tells_what_would_be_and_writes_nothing(
    shell: Shell, database: ServiceDatabase, tmp_path: Path, content: str, code: int
) -> None:
    file = tmp_path / "products.csv"
    file.write_text(f"name,price\n{content}")

    outcome = await shell.run("import", file, "--dry-run")

    assert outcome.code == code
    assert outcome.out == (
        f"{file}: {1 - code} created, 0 changed, 0 unchanged, {code} refused (a dry run).\n"
    )
    assert await count(database) == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.csv", None, "{} cannot be read: No such file or directory.\n"),
        ("products.xml", "", "{} is of no known kind: its name must end in .csv or .jsonl.\n"),
    ],
)
async def test_an_unusable_file_gets_a_sentence(
    shell: Shell, tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)

    assert await shell.run("import", file) == Outcome(1, "", sentence.format(file))


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
async def test_what_was_exported_is_imported_unchanged(
    shell: Shell, tmp_path: Path, suffix: str
) -> None:
    source, copy = tmp_path / "products.csv", tmp_path / f"copy.{suffix}"
    source.write_text("name,price,sku,is_active\nЧай,100,A,true\nКофе,0,B,false\n")
    await shell.run("import", source)

    exported = await shell.run("export", copy, "--include-inactive")
    imported = await shell.run("import", copy)

    assert (exported.code, exported.out) == (0, "")
    assert imported.out == f"{copy}: 0 created, 0 changed, 2 unchanged, 0 refused.\n"
    assert {path.name for path in tmp_path.iterdir()} == {source.name, copy.name}


async def test_products_are_exported_to_standard_output(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n")
    await shell.run("import", file)
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", output)

    await shell.run("export", "-", "--format", "jsonl")

    written = output.buffer.getvalue()
    assert json.loads(written) == {"name": "Чай", "price": 100, "sku": None, "is_active": True}


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("products.xml", "is of no known kind: its name must end in .csv or .jsonl."),
        ("nowhere/products.csv", "cannot be written: No such file or directory."),
    ],
)
async def test_an_export_that_cannot_be_written_gets_a_sentence(
    shell: Shell, tmp_path: Path, file: str, sentence: str
) -> None:
    path = tmp_path / file
    assert await shell.run("export", path) == Outcome(1, "", f"{path} {sentence}\n")


async def test_an_export_to_a_full_disk_gets_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = await asyncio.to_thread(Path("/dev/full").open, "w")
    monkeypatch.setattr("sys.stdout", full)

    outcome = await shell.run("export", "-")

    monkeypatch.undo()
    with contextlib.suppress(OSError):
        full.close()
    assert (outcome.code, outcome.err) == (1, "- cannot be written: No space left on device.\n")


async def test_a_second_import_is_told_that_one_is_running(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n")
    connection = await asyncpg.connect(database.runtime_url)
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)

    outcome = await shell.run("import", file)
    await connection.close()

    assert (outcome.code, outcome.err) == (
        1,
        "Another import is running; try again when it is done.\n",
    )


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

    outcome = await shell.run("import", file)

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


@pytest.mark.parametrize("arguments", [[], ["fly"], ["import"], ["import", "a.csv", "b.csv"]])
async def test_wrong_arguments_show_how_to_call(shell: Shell, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        await shell.run(*arguments)

    assert end.value.code == 2
    assert shell.capsys.readouterr().err.startswith("usage: python -m catalog_service.cli")
