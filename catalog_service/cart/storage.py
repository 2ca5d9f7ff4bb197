"""Carts as they are kept: one row that is locked, and one for each line."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from catalog_service.cart.shopping_cart import CartProduct, Line, ShoppingCart
from catalog_service.models import Cart, CartLine, Product
from shared import clock

_PRODUCT = {"id": "id", "name": "name", "price": "price", "is_active": "is_active"}
_LINE = {
    **{name: f"product__{column}" for name, column in _PRODUCT.items()},
    "available": "product__stock__quantity",
    "quantity": "quantity",
    "price_when_added": "price_when_added",
}


async def lock(user_id: UUID) -> None:
    """Make everyone else who changes this cart wait for the end of the transaction."""
    if not await _touch(user_id):
        await Cart.bulk_create([Cart(user_id=user_id)], ignore_conflicts=True)
        await _touch(user_id)


async def load(user_id: UUID) -> ShoppingCart:
    """Return the cart as it is now, with names and prices as they are now."""
    rows = await CartLine.filter(cart_id=user_id).order_by("id").values(**_LINE)
    return ShoppingCart(_line(**row) for row in rows)


async def products_for_sale(ids: Collection[int]) -> dict[int, CartProduct]:
    """Return those of these products that are for sale, by their ids."""
    rows = await Product.filter(id__in=ids, is_active=True).values(**_PRODUCT)
    return {row["id"]: CartProduct(**row) for row in rows}


async def save(user_id: UUID, lines: Iterable[Line]) -> None:
    """Write these lines over those of the same products, or beside them."""
    now = clock.now()
    rows = [
        CartLine(
            cart_id=user_id,
            product_id=line.product.id,
            quantity=line.quantity,
            price_when_added=line.price_when_added,
            added_at=now,
        )
        for line in lines
    ]
    await CartLine.bulk_create(
        rows,
        on_conflict=["cart_id", "product_id"],
        update_fields=["quantity", "price_when_added", "added_at"],
    )


async def save_quantity(user_id: UUID, *, product_id: int, quantity: int) -> None:
    """Write how many pieces a line has now; it was not added to."""
    await CartLine.filter(cart_id=user_id, product_id=product_id).update(quantity=quantity)


async def delete(user_id: UUID, *, product_id: int) -> None:
    """Remove one line, if it is there."""
    await CartLine.filter(cart_id=user_id, product_id=product_id).delete()


async def delete_all(user_id: UUID) -> None:
    """Remove every line."""
    await CartLine.filter(cart_id=user_id).delete()


async def _touch(user_id: UUID) -> int:
    return await Cart.filter(user_id=user_id).update(updated_at=clock.now())


def _line(*, quantity: int, price_when_added: int, **product: Any) -> Line:
    return Line(CartProduct(**product), quantity, price_when_added)
