"""Products in files: CSV or JSON lines, read line by line, each held to the rules of all products.

A CSV file begins with a header that names the columns `name`, `price` and perhaps `sku` and
`is_active`, in any order, separated by commas or semicolons. A line of JSON is an object with the
same names. What is left empty is not said.
"""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from catalog_service.transfer.schemas import FileFormat, ProductLine

MAX_LINE = 64 * 1024
"""Bytes that a line may have; no product needs as many."""
MAX_LINES = 1_000_000
"""Lines that a file may have: while it is imported, each sku in it is kept in memory."""

_COLUMNS = frozenset(ProductLine.model_fields)
_REQUIRED = frozenset({"name", "price"})
_WHOLE_NUMBER = re.compile(r"\s*-?[0-9]{1,40}\s*", re.ASCII)
_TRUTH = {"": None, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, counted from one, that holds no product, and why."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}"


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that holds a product; of a cell with line ends the first counts."""

    number: int
    product: ProductLine


Row = GoodLine | BadLine


class UnusableFile(Exception):
    """The file is missing, closed to us, or of no kind that we know; the message says which."""


class _Unreadable(Exception):
    """From this line on the file makes no sense."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.line = BadLine(number, f"{reason}; the file was read no further")


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


def read_products(file: BinaryIO, kind: FileFormat) -> Iterator[Row]:
    """Give the products and the bad lines of `file` one by one.

    The file is UTF-8; where it stops making sense, a BadLine is the last.
    """
    return _rows(file, _parse_csv if kind is FileFormat.CSV else _parse_json)


def reader_of(file: BinaryIO, kind: FileFormat) -> Callable[[], Iterator[Row]]:
    """Return what reads `file` from its beginning each time it is called; a pipe only once."""
    times = count()

    def read() -> Iterator[Row]:
        if next(times):
            file.seek(0)
        return read_products(file, kind)

    return read


def _rows(file: BinaryIO, parse: Callable[[Iterator[str]], Iterator[Row]]) -> Iterator[Row]:
    try:
        yield from parse(_lines(file))
    except _Unreadable as end:
        yield end.line


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if number > MAX_LINES:
            raise _Unreadable(number, f"comes after the {MAX_LINES} lines that a file may have")
        if len(line) > MAX_LINE:
            raise _Unreadable(number, f"is longer than {MAX_LINE} bytes")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise _Unreadable(number, "is not UTF-8 text; save the file as UTF-8") from None
        yield text


def _parse_json(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _checked(number, ProductLine.model_validate_json, line)


def _parse_csv(lines: Iterator[str]) -> Iterator[Row]:
    first = next(lines, "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(number, f"is not proper CSV: {error}")
            continue
        if header is None:
            header = _check_header(cells)
        elif cells:
            yield _from_cells(number, header, cells)


def _check_header(cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if len(set(header)) < len(header) or not _REQUIRED <= set(header) <= _COLUMNS:
        raise _Unreadable(1, "must name the columns: name, price and perhaps sku and is_active")
    return header


def _from_cells(number: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        return BadLine(number, f"has {len(cells)} cells where the header has {len(header)}")
    values: dict[str, Any] = dict(zip(header, cells, strict=True))
    if _WHOLE_NUMBER.fullmatch(values["price"]):
        values["price"] = int(values["price"])
    values["sku"] = values.get("sku", "").strip() or None
    if "is_active" in values:
        text = values["is_active"].strip().lower()
        values["is_active"] = _TRUTH.get(text, text)
    return _checked(number, ProductLine.model_validate, values)


def _checked(number: int, validate: Callable[[Any], ProductLine], value: Any) -> Row:
    try:
        return GoodLine(number, validate(value))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        reasons = (": ".join([*map(str, each["loc"]), each["msg"]]) for each in problems)
        return BadLine(number, "; ".join(reasons))


_SUFFIXES = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
}
