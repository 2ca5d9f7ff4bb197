"""What the lines of a file come to: products, or what is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from catalog_service.transfer.schemas import ProductLine
from shared.translation import Sentence


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, counted from one, that holds no product, and why."""

    number: int
    reason: str
    refuses_all: bool = False  # also where bad lines are to be skipped

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}"


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that holds a product; of a cell with line ends the first counts."""

    number: int
    product: ProductLine


Row = GoodLine | BadLine


def checked(
    number: int,
    validate: Callable[[Any], ProductLine],
    value: Any,
    *,
    price: Sentence | None = None,
) -> Row:
    """Return the product, or all that is wrong with it; `price` is what is wrong with that."""
    try:
        return GoodLine(number, validate(value))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        reasons = [_reason(dict(each), price) for each in problems]
        return BadLine(number, Sentence.of_parts("; ", reasons))


def _reason(problem: Mapping[str, Any], price: Sentence | None) -> Sentence:
    if problem["type"] == "json_invalid":
        return Sentence("Invalid JSON: {error}", error=problem["ctx"]["error"])
    reason = Sentence.of_rule(problem)
    if problem["loc"] == ("price",):
        reason = price or (_WHOLE if problem["type"] in _NO_INTEGER else reason)
    return about(*map(str, problem["loc"]), reason)


def about(*parts: str) -> Sentence:
    """Put the names of a place before what is said of it."""
    return Sentence.of_parts(": ", parts)


_WHOLE = Sentence("Must be a whole number of the smallest unit, like 19900")
_NO_INTEGER = frozenset({"int_type", "int_from_float", "int_parsing"})
