"""No cell of an export is a formula, and an import reads what it was."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from itertools import product
from typing import Any

import pytest
from pydantic import BaseModel

from shared.transfer.exporting import export_rows
from shared.transfer.formats import FileFormat
from shared.transfer.formulas import guarded, unguarded
from shared.transfer.reading import FileReader, Layout
from shared.transfer.rows import GoodLine

FORMULAS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
HOSTILE = [
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("https://evil.example","see")',
    "+79161234567",
    "-5",
    "-2+3",
    "@SUM(1,1)",
    "\uff1d1+1",
    "'=1+1",
    "''-7",
    "'tis a tea",
    "it's; =1",
    "tea;=1+1",
    "tea;'=1+1",
    'say "hi";@SUM(A1)',
    "two\n-lines",
    "two\r\n=lines",
    "a\t+1",
    "a, b; c",
    "Чай «Ассам», 100 г",
]


class Line(BaseModel):
    name: str
    note: str


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_every_text_comes_back_and_none_begins_a_formula() -> None:
    for length in range(6):
        for letters in product("=-';\ta\n", repeat=length):
            text = "".join(letters)
            written = guarded(text)
            assert unguarded(written) == text
            assert not any(cell.startswith(tuple(FORMULAS)) for cell in written.split(";"))


@pytest.mark.parametrize("sign", FORMULAS)
def test_what_begins_a_formula_has_an_apostrophe_before_it(sign: str) -> None:
    assert guarded(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["", "tea", "it's", "'tea'", "5", "a-b", "a = b", "1;2", "a@b.c"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@pytest.mark.parametrize("cell", ["+79161234567", "-5", "=1+1", "a;-1"])
def test_a_cell_that_nobody_has_guarded_is_read_as_it_is(cell: str) -> None:
    assert unguarded(cell) == cell


async def exported(*rows: Mapping[str, Any], columns: tuple[str, ...] = ("name", "note")) -> bytes:
    numbered = [{"id": number, **row} for number, row in enumerate(rows, 1)]

    async def rows_after(last: int | None) -> list[dict[str, Any]]:
        return numbered if last is None else []

    pieces = await export_rows(rows_after, Line, FileFormat.CSV, columns=columns)
    return b"".join([piece async for piece in pieces])


async def test_a_file_of_hostile_text_comes_back_as_it_was() -> None:
    texts = [text for text in HOSTILE if "\n" not in text]
    content = await exported(*({"name": text, "note": text} for text in texts))
    reader = FileReader(BytesIO(content), FileFormat.CSV, lambda: Layout(schema=Line))
    lines = [row.value for row in reader.rows() if isinstance(row, GoodLine)]
    assert lines == [Line(name=text, note=text) for text in texts]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_no_spreadsheet_finds_a_formula(delimiter: str) -> None:
    content = await exported(*({"name": "tea", "note": text} for text in HOSTILE))
    table = csv.reader(StringIO(content.decode(), newline=""), delimiter=delimiter)
    found = [cell for row in table for cell in row if cell.startswith(tuple(FORMULAS))]
    assert found == []


async def test_names_of_columns_are_text_and_numbers_are_numbers() -> None:
    content = await exported({"name": "tea", "=1": -5, "ok": True}, columns=("name", "=1", "ok"))
    assert content == b"name,'=1,ok\r\ntea,-5,true\r\n"
