"""Many products changed in one transaction: locked in one order, written in one go."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.terms import Parameter
from tortoise.connection import get_connection

from catalog_service.expressions import transaction_time
from catalog_service.models import Product

CHANGEABLE = ("name", "sku", "price", "is_active")
_WRITTEN = (*CHANGEABLE, "searchable", "version", "updated_at")

Values = Mapping[str, Any]
"""What some of the fields of CHANGEABLE are to be."""


async def lock_products(ids: Iterable[int]) -> dict[int, Product]:
    """Return those of `ids` that are there, locked in the order that everybody keeps to."""
    rows = Product.filter(id__in=list(ids)).order_by("id").select_for_update(no_key=True)
    return {product.id: product for product in await rows}


def differs(product: Product, values: Values) -> bool:
    """Tell whether these values would change anything."""
    return any(getattr(product, name) != value for name, value in values.items())


async def store_changes(changes: Iterable[tuple[Product, Values]]) -> dict[int, Product]:
    """Write the changes of locked products; return these as they are now."""
    instant = await transaction_time()
    after = [
        Product(
            **{name: getattr(product, name) for name in ("id", "created_at", *CHANGEABLE)}
            | dict(values),
            version=product.version + 1,
            updated_at=instant,
        )
        for product, values in changes
    ]
    if after:
        rows = [[getattr(product, name) for name in (*_WRITTEN, "id")] for product in after]
        await get_connection("default").execute_many(_update(), rows)
    return {product.id: product for product in after}


@cache
def _update() -> str:
    """Return the statement that writes one row; Tortoise has an UPDATE for many alike only."""
    table = Product._meta.basetable
    query = PostgreSQLQuery.update(table)
    for number, name in enumerate(_WRITTEN, start=1):
        query = query.set(name, Parameter(f"${number}"))
    return query.where(table.id == Parameter(f"${len(_WRITTEN) + 1}")).get_sql()
