"""Files are imported and exported by commands, which tell what they did."""

import asyncio
import contextlib
import io
import json
from pathlib import Path

import asyncpg
import pytest

from catalog_service.tests.shell import Outcome, Shell, count
from catalog_service.transfer.importing import LOCK
from testing.database import ServiceDatabase


async def test_a_file_is_imported_and_its_progress_shown(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\n" + "Чай,100\n" * 2500)

    outcome = await shell.run("import", file)

    assert outcome == Outcome(
        0,
        f"line 2: Чай: 1.00\u00a0RUB\nline 3: Чай: 1.00\u00a0RUB\nline 4: Чай: 1.00\u00a0RUB\n"
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


async def test_bad_lines_are_reported_and_nothing_is_imported(
    shell: Shell, database: ServiceDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("name,price\nЧай,100\n,100\nКофе,дорого\n")

    outcome = await shell.run("import", file)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-3:] == [
        "line 3: name: String should have at least 1 character",
        "line 4: price: Must be a price like 199.00, or a whole number of the smallest unit like"
        " 19900",
        "catalog: Some lines hold no product, so nothing was imported.",
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
        f"line 2: Чай: 1.00\u00a0RUB\n{file}: 1 created, 0 changed, 0 unchanged, 1 refused.\n",
    )
    assert outcome.err.endswith("line 3: name: String should have at least 1 character\n")
    assert await count(database) == 1


@pytest.mark.parametrize(("content", "code"), [("Чай,100\n", 0), (",100\n", 1)])
async def test_a_dry_run_reports_what_would_be_and_writes_nothing(
    shell: Shell, database: ServiceDatabase, tmp_path: Path, content: str, code: int
) -> None:
    file = tmp_path / "products.csv"
    file.write_text(f"name,price\n{content}")

    outcome = await shell.run("import", file, "--dry-run")

    assert outcome.code == code
    assert outcome.out == (
        "line 2: Чай: 1.00\u00a0RUB\n" * (1 - code)
        + f"{file}: {1 - code} created, 0 changed, 0 unchanged, {code} refused (a dry run).\n"
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

    assert await shell.run("import", file) == Outcome(1, "", f"catalog: {sentence.format(file)}")


@pytest.mark.parametrize(("suffix", "first"), [("csv", 2), ("jsonl", 1)])
async def test_what_was_exported_is_imported_unchanged(
    shell: Shell, tmp_path: Path, suffix: str, first: int
) -> None:
    source, copy = tmp_path / "products.csv", tmp_path / f"copy.{suffix}"
    source.write_text("name,price,sku,is_active\nЧай,100,A,true\nКофе,0,B,false\n")
    await shell.run("import", source)

    exported = await shell.run("export", copy, "--include-inactive")
    imported = await shell.run("import", copy)

    assert (exported.code, exported.out) == (0, "")
    assert imported.out == (
        f"line {first}: Чай: 1.00\u00a0RUB\nline {first + 1}: Кофе: 0.00\u00a0RUB\n"
        f"{copy}: 0 created, 0 changed, 2 unchanged, 0 refused.\n"
    )
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
    assert await shell.run("export", path) == Outcome(1, "", f"catalog: {path} {sentence}\n")


async def test_an_export_to_a_full_disk_gets_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = await asyncio.to_thread(Path("/dev/full").open, "w")
    monkeypatch.setattr("sys.stdout", full)

    outcome = await shell.run("export", "-")

    monkeypatch.undo()
    with contextlib.suppress(OSError):
        full.close()
    assert (outcome.code, outcome.err) == (
        1,
        "catalog: - cannot be written: No space left on device.\n",
    )


async def test_a_second_import_is_refused_while_one_is_running(
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
        "catalog: Another import is running; try again when it is done.\n",
    )


async def test_the_unit_of_whole_numbers_can_be_said(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text('name,price\nЧай,199\nКофе,"100,50"\n')

    refused = await shell.run("import", file)
    taken = await shell.run("import", file, "--price-unit", "major")

    assert refused.code == 1
    assert "price_unit=major" in refused.err
    assert taken.out.splitlines()[:2] == [
        "line 2: Чай: 199.00\u00a0RUB",
        "line 3: Кофе: 100.50\u00a0RUB",
    ]
