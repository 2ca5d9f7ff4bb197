"""Products in files: CSV or JSON lines, read line by line, each held to the rules of all products.

A CSV file begins with a header that names the columns `name`, `price` and perhaps `sku` and
`is_active`, in any order, separated by commas or semicolons. A line of JSON is an object with the
same names. What is left empty is not said, and a line that holds nothing is passed over, whether it
is of spaces, of separators or of empty quotes. For prices see `transfer.prices`.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO
from unicodedata import category

from catalog_service.transfer.prices import (
    MixedPrices,
    PriceReader,
    PriceUnit,
    UnreadablePrice,
    currency_of,
)
from catalog_service.transfer.rows import BadLine, GoodLine, Row, about, checked
from catalog_service.transfer.schemas import FileFormat, ProductLine
from shared.translation import Sentence

MAX_LINE = 64 * 1024
"""Bytes that a line may have; no product needs as many."""
MAX_LINES = 1_000_000
"""Lines that a file may have: while it is imported, each sku in it is kept in memory."""

_COLUMNS = frozenset(ProductLine.model_fields)
_REQUIRED = frozenset({"name", "price"})
_WANTED = Sentence("name, price and perhaps sku and is_active")
_AROUND_CELLS = frozenset(',;"')
_INVISIBLE = "Cf"  # Unicode's formats, a byte order mark among them
MAX_SHOWN = 40
"""Characters of a cell that are repeated where it is refused."""
_TRUTH = {"": None, "true": True, "1": True, "false": False, "0": False}


class UnusableFile(Exception):
    """The file is missing, closed to us, or of no kind that we know; the message says which."""


class _Unreadable(Exception):
    """From this line on the file makes no sense."""

    def __init__(self, number: int, reason: Sentence) -> None:
        super().__init__(reason)
        ended = Sentence("{reason}; the file was read no further", reason=reason)
        self.line = BadLine(number, ended)


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open `path` to read it; raises UnusableFile."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield file


def format_of(path: Path) -> FileFormat:
    """Return what the name of `path` says that it is; raises UnusableFile."""
    known = _SUFFIXES.get(path.suffix.lower())
    if known is None:
        raise UnusableFile(f"{path} is of no known kind: its name must end in .csv or .jsonl.")
    return known


def read_products(file: BinaryIO, kind: FileFormat, prices: PriceReader) -> Iterator[Row]:
    """Give the products and the bad lines of `file` one by one.

    The file is UTF-8; where it stops making sense, a BadLine is the last.
    """
    return _rows(file, _parse_csv if kind is FileFormat.CSV else _parse_json, prices)


def reader_of(
    file: BinaryIO, kind: FileFormat, *, currency: str, unit: PriceUnit | None = None
) -> Callable[[], Iterator[Row]]:
    """Return what reads `file` from its beginning each time it is called; a pipe only once."""
    times = count()

    def read() -> Iterator[Row]:
        if next(times):
            file.seek(0)
        return read_products(file, kind, PriceReader(currency_of(currency), unit))

    return read


def _rows(
    file: BinaryIO,
    parse: Callable[[Iterator[str], PriceReader], Iterator[Row]],
    prices: PriceReader,
) -> Iterator[Row]:
    try:
        yield from parse(_lines(file), prices)
    except _Unreadable as end:
        yield end.line


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if number > MAX_LINES:
            beyond = Sentence("comes after the {most} lines that a file may have", most=MAX_LINES)
            raise _Unreadable(number, beyond)
        if len(line) > MAX_LINE:
            raise _Unreadable(number, Sentence("is longer than {most} bytes", most=MAX_LINE))
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            wrong = Sentence("is not UTF-8 text; save the file as UTF-8")
            raise _Unreadable(number, wrong) from None
        yield text


def _parse_json(lines: Iterator[str], prices: PriceReader) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not _is_empty(line):
            yield _in_unit(checked(number, ProductLine.model_validate_json, line), prices)


def _in_unit(row: Row, prices: PriceReader) -> Row:
    """Take the price of a row for what whole numbers are in this file."""
    if isinstance(row, BadLine):
        return row
    price = prices.whole(row.product.price)
    return GoodLine(row.number, row.product.model_copy(update={"price": price}))


def _parse_csv(lines: Iterator[str], prices: PriceReader) -> Iterator[Row]:
    first, empty = _first_line(lines)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        number = empty + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(number, Sentence("is not proper CSV: {error}", error=str(error)))
            continue
        if header is None:
            header = _check_header(number, cells)
        elif not all(map(_is_empty, cells)):
            yield _from_cells(number, header, cells, prices)


def _first_line(lines: Iterator[str]) -> tuple[str, int]:
    """Return the first line that holds something, and how many before it do not."""
    for empty, line in enumerate(lines):
        if not _is_empty(line):
            return line, empty
    return "", 0


def _is_empty(text: str) -> bool:
    """Tell whether a line or a cell holds nothing but what stands around cells."""
    return all(c in _AROUND_CELLS or c.isspace() or category(c) == _INVISIBLE for c in text)


def _check_header(number: int, cells: list[str]) -> list[str]:
    while cells and _is_empty(cells[-1]):
        cells.pop()
    header = [cell.strip().lower() for cell in cells]
    if len(header) < 2 and not _REQUIRED & set(header):  # noqa: PLR2004 - columns, not a table
        raise _Unreadable(number, Sentence("must name the columns: {columns}", columns=_WANTED))
    for place, column in enumerate(header):
        if column not in _COLUMNS:
            unknown = Sentence(
                "names a column {column} that there is none of; there are {columns}",
                column=_quoted(column),
                columns=_WANTED,
            )
            raise _Unreadable(number, unknown)
        if column in header[:place]:
            raise _Unreadable(number, Sentence("names the column {column} twice", column=column))
    for column in sorted(_REQUIRED.difference(header)):
        raise _Unreadable(number, Sentence("lacks the column {column}", column=column))
    return header


def _quoted(cell: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in cell[:MAX_SHOWN])
    return f"«{shown}»"


def _from_cells(number: int, header: list[str], cells: list[str], prices: PriceReader) -> Row:
    columns = len(header)
    if len(cells) < columns or not all(map(_is_empty, cells[columns:])):
        wrong = Sentence(
            "has {cells} cells where the header has {columns}", cells=len(cells), columns=columns
        )
        return BadLine(number, wrong)
    values: dict[str, Any] = dict(zip(header, cells, strict=False))
    unreadable = None
    try:
        values["price"] = prices.read(values["price"])
    except MixedPrices as mixed:
        return BadLine(number, about("price", mixed.sentence), refuses_all=True)
    except UnreadablePrice as error:
        values["price"], unreadable = None, error.sentence
    values["sku"] = values.get("sku", "").strip() or None
    if "is_active" in values:
        text = values["is_active"].strip().lower()
        values["is_active"] = _TRUTH.get(text, text)
    return checked(number, ProductLine.model_validate, values, price=unreadable)


_SUFFIXES = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
}
