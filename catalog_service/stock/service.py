"""Count a product, or count it no longer; orders take what they sell from the same row.

Nothing here changes the product or the catalog's revision.
"""

from tortoise.exceptions import IntegrityError

from catalog_service.errors import ProductNotFound, StockNotCounted
from catalog_service.models import Product, ProductStock
from catalog_service.stock.schemas import Stock


async def get_stock(product_id: int) -> Stock:
    """Return what is left; raises ProductNotFound and StockNotCounted."""
    row = await ProductStock.get_or_none(product_id=product_id)
    if row is None:
        await _require_product(product_id)
        raise StockNotCounted
    return Stock(quantity=row.quantity)


async def set_stock(product_id: int, stock: Stock) -> Stock:
    """Say what is left from now on, whatever there was; raises ProductNotFound."""
    row = ProductStock(product_id=product_id, quantity=stock.quantity)
    try:
        await ProductStock.bulk_create(
            [row], on_conflict=["product_id"], update_fields=["quantity"]
        )
    except IntegrityError:  # of the foreign key: schemas and an upsert leave nothing else
        raise ProductNotFound from None
    return stock


async def stop_counting(product_id: int) -> None:
    """Let a product never be sold out; raises ProductNotFound."""
    if not await ProductStock.filter(product_id=product_id).delete():
        await _require_product(product_id)


async def _require_product(product_id: int) -> None:
    if not await Product.exists(id=product_id):
        raise ProductNotFound
