"""What the lines of a file with products hold; for prices see `transfer.prices`."""

from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO

from catalog_service.transfer.prices import PriceReader, PriceUnit, currency_of
from catalog_service.transfer.schemas import ProductLine
from shared.language.translation import Sentence
from shared.transfer.formats import FileFormat
from shared.transfer.reading import FileReader, Layout, optional_text, truth

_WHOLE = Sentence("Must be a whole number of the smallest unit, like 19900")
_NO_INTEGER = frozenset({"int_type", "int_from_float", "int_parsing"})


def reader_of(
    file: BinaryIO, kind: FileFormat, *, currency: str, unit: PriceUnit | None = None
) -> FileReader[ProductLine]:
    """Return what reads the products of `file`, whose whole prices are of `unit`."""
    return FileReader(file, kind, partial(_layout, currency, unit))


def _layout(currency: str, unit: PriceUnit | None) -> Layout[ProductLine]:
    prices = PriceReader(currency_of(currency), unit)

    def in_smallest_unit(line: ProductLine) -> ProductLine:
        return line.model_copy(update={"price": prices.whole(line.price)})

    return Layout(
        schema=ProductLine,
        columns=Sentence("name, price and perhaps sku and is_active"),
        cells={"price": prices.read, "sku": optional_text, "is_active": truth},
        finish_json=in_smallest_unit,
        reason=_reason,
    )


def _reason(problem: Mapping[str, Any]) -> Sentence | None:
    is_no_price = problem["loc"] == ("price",) and problem["type"] in _NO_INTEGER
    return _WHOLE if is_no_price else None
