"""The table of faults leaves out none of them, whatever became of it."""

from pathlib import Path

import pytest

from standalone.settings import ROOT
from tests.containers.fault_table import HEADS, FaultTable
from tests.containers.faults import ALL

FIGURES = ["0 s", "read: 503 × 3", "1.0 s", "2.0 s", "17"]


def rows(file: Path) -> list[list[str]]:
    """The cells of each line below the heads."""
    heads, rule, *lines = file.read_text().splitlines()
    assert [cell.strip() for cell in heads.strip("|").split("|")] == [*HEADS]
    assert set(rule) == {"|", "-"}
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def test_rows_stand_in_the_order_of_the_faults(tmp_path: Path) -> None:
    file = tmp_path / "faults.md"
    file.write_text("what an earlier run left\n")
    table = FaultTable(["auth killed", "mail killed"], file)
    for fault in ("mail killed", "auth killed"):
        with table.row(fault) as row:
            row.extend(FIGURES)
    assert rows(file) == [["auth killed", *FIGURES], ["mail killed", *FIGURES]]


def test_one_that_failed_and_one_that_was_not_run_are_there_as_such(tmp_path: Path) -> None:
    file = tmp_path / "faults.md"
    table = FaultTable(["auth killed", "mail killed", "mail paused"], file)
    with table.row("auth killed") as row:
        row.extend(FIGURES)
    with pytest.raises(AssertionError), table.row("mail killed"):
        raise AssertionError("lost | an email\nand more")
    assert [row[:3] for row in rows(file)] == [
        ["auth killed", *FIGURES[:2]],
        ["mail killed", "", "**failed**: AssertionError: lost / an email"],
        ["mail paused", "", "**not run**"],
    ]


def test_the_document_has_one_row_for_every_fault() -> None:
    document = (ROOT / "docs/operations.md").read_text()
    _, table = document.split(f"| {' | '.join(HEADS)} |\n|---|---|---|---|---|---|\n")
    lines = table.partition("\n\n")[0].splitlines()
    assert [line.split("|")[1].strip() for line in lines] == [str(fault) for fault in ALL]
    assert "**" not in "".join(lines)
