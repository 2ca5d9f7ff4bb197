"""Write products down as an import reads them, batch by batch."""

import csv
from collections.abc import AsyncIterator, Callable, Sequence
from io import StringIO
from typing import Any

from catalog_service.models import Product
from catalog_service.transfer.schemas import ExportOptions, FileFormat, ProductLine

BATCH = 1000
"""Products that are held in memory at a time."""

_FIELDS = tuple(ProductLine.model_fields)
_TRUTH = {True: "true", False: "false"}

_Rows = Sequence[tuple[Any, ...]]


async def export_products(options: ExportOptions) -> AsyncIterator[bytes]:
    """Return all products as a file, in the order in which they were added.

    The first batch is read before this returns: what is wrong by then is an error and not half an
    answer. Each product is read at a moment of its own; none comes twice, and only such are left
    out as are added or reactivated meanwhile.
    """
    return _pieces(options, await _rows_after(0, options))


async def _pieces(options: ExportOptions, rows: _Rows) -> AsyncIterator[bytes]:
    write: Callable[[_Rows], str] = _json_lines
    if options.format is FileFormat.CSV:
        write = _csv
        yield _csv([(0, *_FIELDS)]).encode()
    while rows:
        yield write(rows).encode()
        rows = await _rows_after(rows[-1][0], options)


async def _rows_after(product_id: int, options: ExportOptions) -> _Rows:
    chosen = Product.filter(id__gt=product_id)
    if not options.include_inactive:
        chosen = chosen.filter(is_active=True)
    return await chosen.order_by("id").limit(BATCH).values_list("id", *_FIELDS)


def _csv(rows: _Rows) -> str:
    text = StringIO()
    lines = csv.writer(text)
    for _, *cells in rows:
        lines.writerow(_TRUTH[cell] if isinstance(cell, bool) else cell for cell in cells)
    return text.getvalue()


def _json_lines(rows: _Rows) -> str:
    products = (
        ProductLine.model_construct(**dict(zip(_FIELDS, cells, strict=True))) for _, *cells in rows
    )
    return "".join(f"{product.model_dump_json()}\n" for product in products)
