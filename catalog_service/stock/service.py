"""Count a product, or count it no longer; orders take what they sell from the same row.

Nothing here changes the product or the catalog's revision.
"""

from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from catalog_service.audit.service import CatalogEvent, difference, event_of, record
from catalog_service.errors import ProductNotFound, StockNotCounted
from catalog_service.models import Product, ProductStock
from catalog_service.retry import retried_after
from catalog_service.stock.schemas import Stock

_ONE_ROW_A_PRODUCT: Final = "product_stock_pkey"


class _CountedMeanwhile(Exception):
    """Somebody else has begun to count this product in the same moment."""


async def get_stock(product_id: int) -> Stock:
    """Return what is left; raises ProductNotFound and StockNotCounted."""
    row = await ProductStock.get_or_none(product_id=product_id)
    if row is None:
        await _require_product(product_id)
        raise StockNotCounted
    return Stock(quantity=row.quantity)


@retried_after(_CountedMeanwhile)
async def set_stock(product_id: int, stock: Stock, *, actor_id: UUID | None) -> Stock:
    """Say what is left from now on, whatever there was; raises ProductNotFound."""
    async with in_transaction():
        row = await _locked(product_id)
        if row is None:
            await _begin_to_count(product_id, stock.quantity)
        else:
            await ProductStock.filter(product_id=product_id).update(quantity=stock.quantity)
        await _record(product_id, row, stock.quantity, actor_id)
    return stock


async def stop_counting(product_id: int, *, actor_id: UUID | None) -> None:
    """Let a product never be sold out; raises ProductNotFound."""
    async with in_transaction():
        row = await _locked(product_id)
        if row is None:
            await _require_product(product_id)
        else:
            await row.delete()
        await _record(product_id, row, None, actor_id)


async def _locked(product_id: int) -> ProductStock | None:
    """Return the row of a product that is counted, as no order changes it until the end."""
    return await ProductStock.filter(product_id=product_id).select_for_update().first()


async def _begin_to_count(product_id: int, quantity: int) -> None:
    row = ProductStock(product_id=product_id, quantity=quantity)
    try:
        await ProductStock.bulk_create([row])
    except IntegrityError as error:
        if getattr(error.args[0], "constraint_name", None) == _ONE_ROW_A_PRODUCT:
            raise _CountedMeanwhile from None
        raise ProductNotFound from None  # the foreign key: schemas leave nothing else


async def _record(
    product_id: int, before: ProductStock | None, after: int | None, actor_id: UUID | None
) -> None:
    """Write down a change, if it is one; where nobody counts there is None."""
    left = before.quantity if before else None
    if left != after:
        event = event_of(
            CatalogEvent.STOCK_CHANGED,
            actor_id=actor_id,
            product_id=product_id,
            details={"quantity": difference(left, after)},
        )
        await record(event)


async def _require_product(product_id: int) -> None:
    if not await Product.exists(id=product_id):
        raise ProductNotFound
