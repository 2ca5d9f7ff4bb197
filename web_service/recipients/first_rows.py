"""The first rows of a file on its way by, as its owner sees whether they are read right."""

import csv
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Final

from shared.transfer.formats import FileFormat
from shared.transfer.formulas import unguarded
from shared.transfer.text_lines import WINDOWS_1251, TextLines, Unreadable

MOST_ROWS: Final = 5
MOST_COLUMNS: Final = 13
MAX_CELL: Final = 60
"""Characters that are shown."""
_SAMPLE: Final = 64 * 1024
"""Bytes that are kept."""
_NESTED: Final = "custom_fields"


@dataclass(frozen=True, slots=True)
class FirstRows:
    """A table: what the columns are named, and the cells of some rows."""

    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Sample:
    """Keeps the beginning of what goes by."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept = bytearray()
        self._is_cut = False

    async def through(self, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Give `content` on."""
        async for piece in content:
            room = _SAMPLE - len(self._kept)
            self._kept += piece[:room]
            self._is_cut |= len(piece) > room
            yield piece

    def first_rows(self, kind: FileFormat) -> FirstRows:
        """Return the rows that have gone by whole."""
        whole = bytes(self._kept)
        if self._is_cut:
            whole = whole[: whole.rfind(b"\n") + 1]
        lines = TextLines(
            BytesIO(whole), max_line=_SAMPLE, max_lines=_SAMPLE, fallback=WINDOWS_1251
        )
        read = _csv if kind is FileFormat.CSV else _json
        return read(list(islice(_readable(lines), 4 * MOST_ROWS)))


def _readable(lines: TextLines) -> Iterator[str]:
    try:
        yield from (line for line in lines if line.strip())
    except Unreadable:
        return


def _csv(lines: list[str]) -> FirstRows:
    if not lines:
        return FirstRows()
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    table: list[list[str]] = []
    try:
        for cells in islice(csv.reader(lines, delimiter=delimiter), MOST_ROWS + 1):
            table.append([_shown(unguarded(cell)) for cell in cells[:MOST_COLUMNS]])
    except csv.Error:
        pass
    return FirstRows(table[0], table[1:]) if table else FirstRows()


def _json(lines: list[str]) -> FirstRows:
    objects = []
    for line in lines[:MOST_ROWS]:
        try:
            read = json.loads(line)
        except ValueError:
            continue
        if isinstance(read, dict):
            nested = read.pop(_NESTED, None)
            objects.append({**read, **(nested if isinstance(nested, dict) else {})})
    columns = list(dict.fromkeys(name for each in objects for name in each))[:MOST_COLUMNS]
    rows = [[_shown(each.get(name, "")) for name in columns] for each in objects]
    return FirstRows([_shown(name) for name in columns], rows)


def _shown(cell: object) -> str:
    text = str(cell).strip()
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…"
