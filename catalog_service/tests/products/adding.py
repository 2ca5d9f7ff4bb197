"""Products to read, added as the service adds them: with the revision that announces them."""

from collections.abc import Iterable
from typing import Any

from tortoise.transactions import in_transaction

from catalog_service.models import Product
from catalog_service.products.state import raise_revision


async def add_products(products: Iterable[Product]) -> list[int]:
    """Add them in one go and return their ids in the order in which they were given."""
    added = list(products)
    async with in_transaction():
        await Product.bulk_create(added)
        await raise_revision(activated=sum(bool(product.is_active) for product in added))
    ids = await Product.all().order_by("-id").limit(len(added)).values_list("id", flat=True)
    return [int(product_id) for product_id in reversed(ids)]


async def add(count: int, **fields: Any) -> list[int]:
    """Add so many that differ in their numbers only, in name and price."""
    shown = {"is_active": True, **fields}
    return await add_products(
        Product(**{"name": f"Product {n}", "price": n, **shown}) for n in range(count)
    )


async def add_named(*names: str, **fields: Any) -> list[int]:
    """Add products of these names."""
    return await add_products(
        Product(**{"name": name, "price": 100, "is_active": True, **fields}) for name in names
    )
