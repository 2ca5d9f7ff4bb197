"""Make and change one product. Each change is one conditional UPDATE, and a new revision."""

from typing import Any
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F, Q
from tortoise.transactions import in_transaction

from catalog_service.audit.service import record
from catalog_service.errors import ProductNotFound, SkuTaken
from catalog_service.expressions import TransactionTime
from catalog_service.models import SEARCHABLE_LENGTH, Product
from catalog_service.product_admin import events
from catalog_service.product_admin.rows import Values, lock_products
from catalog_service.product_admin.schemas import ProductCreate, ProductUpdate
from catalog_service.products.conditional_get.etags import Version
from catalog_service.products.state import raise_revision
from catalog_service.retry import retried_after
from shared.errors import PreconditionFailed
from shared.values.words import searchable

SKU_CONSTRAINT = "product_sku_key"

Seen = frozenset[Version] | None
"""The versions that the caller has seen; None where any may be changed."""


async def create_product(wanted: ProductCreate, *, actor_id: UUID | None) -> Product:
    """Add a product; raises SkuTaken."""
    try:
        async with in_transaction():
            product = await Product.create(**wanted.model_dump())
            await record(events.added(product, actor_id=actor_id))
            await raise_revision(activated=int(product.is_active))
    except IntegrityError as error:
        raise sku_taken(error) from None
    return product


async def change_product(
    product_id: int, update: ProductUpdate, *, seen: Seen, actor_id: UUID | None
) -> Product:
    """Change what `update` names; raises ProductNotFound, PreconditionFailed and SkuTaken.

    Where nothing would be different nothing happens, and the version stays.
    """
    values = update.model_dump(exclude_unset=True)
    differing = Q(*(_differs(name, value) for name, value in values.items()), join_type=Q.OR)
    try:
        return await _change(product_id, seen, differing, values, actor_id=actor_id)
    except IntegrityError as error:
        raise sku_taken(error) from None


async def deactivate_product(product_id: int, *, seen: Seen, actor_id: UUID | None) -> Product:
    """Take a product out of the shop; raises ProductNotFound and PreconditionFailed."""
    values = {"is_active": False}
    return await _change(product_id, seen, Q(is_active=True), values, actor_id=actor_id)


async def reactivate_product(product_id: int, *, seen: Seen, actor_id: UUID | None) -> Product:
    """Offer a product again; raises ProductNotFound and PreconditionFailed."""
    values = {"is_active": True}
    return await _change(product_id, seen, Q(is_active=False), values, actor_id=actor_id)


@retried_after(DeadlockDetectedError)
async def _change(
    product_id: int, seen: Seen, condition: Q, values: Values, *, actor_id: UUID | None
) -> Product:
    """Change a product that meets the condition; it is locked, so that it is known as it was."""
    async with in_transaction():
        before = (await lock_products([product_id])).get(product_id)
        if before is None:
            raise ProductNotFound
        chosen = Product.filter(condition, id=product_id)
        if seen is not None:
            chosen = chosen.filter(
                version__in=[each.version for each in seen],
                updated_at__in=[each.updated_at for each in seen],
            )
        changed = bool(values) and await chosen.update(
            **_stored(values), version=F("version") + 1, updated_at=TransactionTime()
        )
        product = await Product.get(id=product_id)
        if changed:
            await record(events.changed(before, values, actor_id=actor_id))
            await raise_revision(activated=product.is_active - before.is_active)
    now = Version(product.version, product.updated_at)
    if not changed and seen is not None and now not in seen:
        raise PreconditionFailed
    return product


def _stored(values: Values) -> Values:
    """Return what is written of these values."""
    if "name" not in values:
        return values
    return {**values, "searchable": searchable(values["name"], SEARCHABLE_LENGTH)}


def sku_taken(error: IntegrityError) -> Exception:
    """Return SkuTaken if that is what the violated constraint says, else `error` itself."""
    constraint = getattr(error.args[0], "constraint_name", None)
    return SkuTaken() if constraint == SKU_CONSTRAINT else error


def _differs(field: str, value: object) -> Q:
    name, operand = (f"{field}__not", value) if value is not None else (f"{field}__isnull", False)
    condition: dict[str, Any] = {name: operand}
    return Q(**condition)
