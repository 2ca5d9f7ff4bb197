"""Write products down as an import reads them, batch by batch."""

from collections.abc import AsyncIterator

from catalog_service.models import Product
from catalog_service.transfer.schemas import ExportOptions, ProductLine
from shared.transfer.exporting import BATCH, Rows, export_rows


async def export_products(options: ExportOptions) -> AsyncIterator[bytes]:
    """Return all products as a file, in the order in which they were added.

    Each product is read at a moment of its own; none comes twice, and only such are left out as are
    added or reactivated meanwhile.
    """

    async def rows_after(product_id: int | None) -> Rows:
        chosen = Product.filter(id__gt=product_id or 0)
        if not options.include_inactive:
            chosen = chosen.filter(is_active=True)
        return await chosen.order_by("id").limit(BATCH).values("id", *ProductLine.model_fields)

    return await export_rows(rows_after, ProductLine, options.format)
