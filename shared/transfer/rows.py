"""What the lines of a file come to: a value that a schema describes, or what is wrong with them."""

from array import array
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.language.translation import Sentence

LineT = TypeVar("LineT", bound=BaseModel)
Reason = Callable[[Mapping[str, Any]], Sentence | None]
"""Says what is wrong, given a problem as pydantic reports it, or leaves that to pydantic."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, counted from one, that cannot be used, and why."""

    number: int
    reason: str
    refuses_all: bool = False  # also where bad lines are to be skipped

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}"


@dataclass(frozen=True, slots=True)
class GoodLine(Generic[LineT]):
    """A line that holds a value; of a cell with line ends the first counts."""

    number: int
    value: LineT


Row = GoodLine[LineT] | BadLine


def checked(
    number: int, validate: Callable[[Any], LineT], value: Any, *, reason: Reason
) -> Row[LineT]:
    """Return the value of a line, or all that is wrong with it."""
    try:
        return GoodLine(number, validate(value))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        return BadLine(
            number, Sentence.of_parts("; ", [_in_words(dict(each), reason) for each in problems])
        )


def about(field: str, reason: str) -> Sentence:
    """Put the name of a field before what is wrong with it."""
    return Sentence.of_parts(": ", (field, reason))


def _in_words(problem: Mapping[str, Any], reason: Reason) -> Sentence:
    if problem["type"] == "json_invalid":
        return Sentence("Invalid JSON: {error}", error=problem["ctx"]["error"])
    field = ".".join(map(str, problem["loc"]))
    sentence = reason(problem) or Sentence.of_rule(problem)
    return about(field, sentence) if field else sentence


def without_repeated(rows: Iterator[Row[LineT]], field: str) -> Iterator[Row[LineT]]:
    """Refuse a line whose `field`, unless it is None, has the value of an earlier good line."""
    seen = _SeenValues()
    for row in rows:
        if isinstance(row, GoodLine) and not seen.add(getattr(row.value, field)):
            yield BadLine(row.number, about(field, Sentence("An earlier line has it too")))
        else:
            yield row


class _SeenValues:
    """A set in 16 to 32 bytes a value: it keeps their hashes, of 64 bits, in one array.

    That two of a million values have the same hash, so that the later is refused by mistake, has a
    chance of 1 in 37 million; the hash of a text is keyed anew in each process.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, value: Hashable) -> bool:
        """Tell whether `value` is new, which None always is."""
        if value is None:
            return True
        if not self._insert(hash(value) % 2**64 or 1):
            return False
        self._count += 1
        if 2 * self._count > len(self._table):
            self._grow()
        return True

    def _insert(self, mark: int) -> bool:
        table, size = self._table, len(self._table)
        place = mark % size
        while table[place]:
            if table[place] == mark:
                return False
            place = (place + 1) % size
        table[place] = mark
        return True

    def _grow(self) -> None:
        before, self._table = self._table, array("Q", bytes(16 * len(self._table)))
        for mark in before:
            if mark:
                self._insert(mark)
