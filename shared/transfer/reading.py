"""Files of CSV or JSON lines, read line by line, each held to a schema.

A CSV file begins with a header that names the columns, in any order, separated by commas or
semicolons. A line of JSON is an object with the same names. What is left empty is not said, and a
line that holds nothing is passed over, whether it is of spaces, of separators or of empty quotes.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, Generic
from unicodedata import category

from shared.language.translation import Sentence
from shared.transfer.formats import FileFormat
from shared.transfer.formulas import unguarded
from shared.transfer.rows import BadLine, GoodLine, LineT, Reason, Row, about, checked
from shared.transfer.text_lines import UTF_8, TextLines, Unreadable

MAX_LINE = 64 * 1024
"""Bytes that a line may have."""
MAX_LINES = 1_000_000
"""Lines that a file may have."""
MAX_SHOWN = 40
"""Characters of a cell that are repeated where it is refused."""

_AROUND_CELLS = frozenset(',;"')
_INVISIBLE = "Cf"  # Unicode's formats, a byte order mark among them
_TRUTH = {"": None, "true": True, "1": True, "false": False, "0": False}


class UnreadableCell(ValueError):
    """A cell holds no value of its column; `sentence` says what to write instead."""

    refuses_all = False
    """Whether the file is refused, even where bad lines are to be skipped."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def optional_text(cell: str) -> str | None:
    """Return what stands in a cell, or None where it is empty."""
    return cell.strip() or None


def truth(cell: str) -> bool | str | None:
    """Return what `true`, `false`, `1` or `0` says; other text as it is, to be refused."""
    text = cell.strip().lower()
    return _TRUTH.get(text, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Generic[LineT]):
    """What the lines of one file hold, and how to read them. `schema` has the columns' names."""

    schema: type[LineT]
    columns: str = ""
    """The columns of CSV, as the header's errors name them."""
    cells: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    """How cells become values, by column; else they are text. These may raise UnreadableCell."""
    others_into: str | None = None
    """The field, a dict, that takes columns of other names; else those are refused."""
    finish_json: Callable[[LineT], LineT] = lambda line: line
    """What remains to be done to the value of a line of JSON."""
    reason: Reason = lambda _: None
    fallback: str | None = None
    """The encoding of a file that is not UTF-8; without it such a file is refused."""
    resumes: bool = False
    """Whether JSON lines go on behind a line that is too long or no text."""
    max_line: int = MAX_LINE


class FileReader(Generic[LineT]):
    """Reads a file from its beginning each time `rows` is called; a pipe only once."""

    def __init__(
        self, file: BinaryIO, kind: FileFormat, layout: Callable[[], Layout[LineT]]
    ) -> None:
        """Take how to make the layout, which may remember what it has read of a file."""
        self.encoding = UTF_8
        self._file, self._kind, self._layout = file, kind, layout
        self._is_begun = False

    def rows(self) -> Iterator[Row[LineT]]:
        """Give the good and the bad lines one by one.

        Where the file stops making sense, a BadLine is the last. `encoding` is known after it.
        """
        if self._is_begun:
            self._file.seek(0)
        self._is_begun = True
        layout = self._layout()
        lines = TextLines(
            self._file,
            max_line=layout.max_line,
            max_lines=MAX_LINES,
            fallback=layout.fallback,
        )
        parse = _parse_csv if self._kind is FileFormat.CSV else _parse_json
        try:
            yield from parse(lines, layout)
        except Unreadable as end:
            yield end.as_last_line()
        self.encoding = lines.encoding


def _parse_json(lines: TextLines, layout: Layout[LineT]) -> Iterator[Row[LineT]]:
    while True:
        try:
            line = lines.read()
        except Unreadable as error:
            if not (layout.resumes and error.may_resume):
                raise
            lines.resume()
            yield BadLine(error.number, error.reason)
            continue
        if not line:
            return
        if not _is_empty(line):
            yield _from_json(lines.number, line, layout)


def _from_json(number: int, line: str, layout: Layout[LineT]) -> Row[LineT]:
    row = checked(number, layout.schema.model_validate_json, line, reason=layout.reason)
    if isinstance(row, BadLine):
        return row
    return GoodLine(number, layout.finish_json(row.value))


def _parse_csv(lines: TextLines, layout: Layout[LineT]) -> Iterator[Row[LineT]]:
    first, empty = _first_line(lines)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        number = empty + reader.line_num + 1
        try:
            cells = [unguarded(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(number, Sentence("is not proper CSV: {error}", error=str(error)))
            continue
        if header is None:
            header = _check_header(number, cells, layout)
        elif not all(map(_is_empty, cells)):
            yield _from_cells(number, header, cells, layout)


def _first_line(lines: TextLines) -> tuple[str, int]:
    """Return the first line that holds something, and how many before it do not."""
    for empty, line in enumerate(lines):
        if not _is_empty(line):
            return line, empty
    return "", 0


def _is_empty(text: str) -> bool:
    """Tell whether a line or a cell holds nothing but what stands around cells."""
    return all(c in _AROUND_CELLS or c.isspace() or category(c) == _INVISIBLE for c in text)


def _check_header(number: int, cells: list[str], layout: Layout[LineT]) -> list[str]:
    while cells and _is_empty(cells[-1]):
        cells.pop()
    header = [cell.strip().lower() for cell in cells]
    fields = layout.schema.model_fields
    required = {name for name, info in fields.items() if info.is_required()}
    if len(header) < 2 and not required & set(header):  # noqa: PLR2004 - columns, not a table
        wanted = Sentence("must name the columns: {columns}", columns=layout.columns)
        raise Unreadable(number, wanted)
    for place, column in enumerate(header):
        if not _is_known(column, layout):
            unknown = Sentence(
                "names a column {column} that there is none of; there are {columns}",
                column=_quoted(column),
                columns=layout.columns,
            )
            raise Unreadable(number, unknown)
        if column in header[:place]:
            twice = Sentence("names the column {column} twice", column=column)
            raise Unreadable(number, twice)
    for column in sorted(required.difference(header)):
        raise Unreadable(number, Sentence("lacks the column {column}", column=column))
    return header


def _is_known(column: str, layout: Layout[LineT]) -> bool:
    if layout.others_into is None:
        return column in layout.schema.model_fields
    return bool(column) and column != layout.others_into


def _quoted(cell: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in cell[:MAX_SHOWN])
    return f"«{shown}»"


def _from_cells(
    number: int, header: list[str], cells: list[str], layout: Layout[LineT]
) -> Row[LineT]:
    columns = len(header)
    if len(cells) < columns or not all(map(_is_empty, cells[columns:])):
        wrong = Sentence(
            "has {cells} cells where the header has {columns}", cells=len(cells), columns=columns
        )
        return BadLine(number, wrong)
    values: dict[str, Any] = {}
    unreadable: dict[str, Sentence] = {}
    for column, cell in zip(header, cells, strict=False):
        try:
            _put(values, column, cell, layout)
        except UnreadableCell as error:
            if error.refuses_all:
                return BadLine(number, about(column, error.sentence), refuses_all=True)
            values[column], unreadable[column] = None, error.sentence

    def reason(problem: Mapping[str, Any]) -> Sentence | None:
        return unreadable.get(problem["loc"][0] if problem["loc"] else "") or layout.reason(problem)

    return checked(number, layout.schema.model_validate, values, reason=reason)


def _put(values: dict[str, Any], column: str, cell: str, layout: Layout[LineT]) -> None:
    if column in layout.schema.model_fields:
        read = layout.cells.get(column)
        values[column] = cell if read is None else read(cell)
    elif not _is_empty(cell):
        assert layout.others_into is not None  # noqa: S101 - the header was checked
        values.setdefault(layout.others_into, {})[column] = cell.strip()
