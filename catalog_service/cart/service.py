"""Filling and emptying the cart of one user: locked, read, decided by the class, written.

What is shown is in `currency`.
"""

from collections.abc import Mapping
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.transactions import in_transaction

from catalog_service.cart import storage
from catalog_service.cart.schemas import CartRead
from catalog_service.errors import ProductNotFound, about_products
from catalog_service.retry import retried_after


async def show_cart(user_id: UUID, *, currency: str) -> CartRead:
    """Return the cart; a person who never had one sees an empty one."""
    return CartRead.of(await storage.load(user_id), currency=currency)


@retried_after(DeadlockDetectedError)
async def add_items(user_id: UUID, quantities: Mapping[int, int], *, currency: str) -> CartRead:
    """Add so many pieces of each product, all or none.

    Raises ProductNotFound, which names those that are not for sale, and what the class raises.
    """
    async with in_transaction():
        await storage.lock(user_id)
        products = await storage.products_for_sale(quantities)
        missing = [product_id for product_id in quantities if product_id not in products]
        if missing:
            raise ProductNotFound(about_products(dict.fromkeys(missing, ProductNotFound.message)))
        cart = await storage.load(user_id)
        cart.add([(products[product_id], pieces) for product_id, pieces in quantities.items()])
        await storage.save(user_id, [line for line in cart if line.product.id in products])
        return await show_cart(user_id, currency=currency)


async def change_quantity(
    user_id: UUID, *, product_id: int, quantity: int, currency: str
) -> CartRead:
    """Make it so many pieces; raises NotInCart, and what the class raises."""
    async with in_transaction():
        await storage.lock(user_id)
        cart = await storage.load(user_id)
        cart.change(product_id, quantity)
        await storage.save_quantity(user_id, product_id=product_id, quantity=quantity)
        return CartRead.of(cart, currency=currency)


async def remove_item(user_id: UUID, product_id: int) -> None:
    """Take out a product, if it is there."""
    async with in_transaction():
        await storage.lock(user_id)
        await storage.delete(user_id, product_id=product_id)


async def clear_cart(user_id: UUID) -> None:
    """Take out everything."""
    async with in_transaction():
        await storage.lock(user_id)
        await storage.delete_all(user_id)
