"""Turn a cart into an order, once for each Idempotency-Key.

Key, cart, stock, order: whatever is refused on the way undoes all before it, so that a refused
request may be sent again under its key.
"""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.transactions import in_transaction

from catalog_service.bounds import MAX_TOTAL
from catalog_service.cart import storage
from catalog_service.cart.shopping_cart import Line, ShoppingCart
from catalog_service.errors import (
    CartEmpty,
    CartTotalTooLarge,
    ProductsUnavailable,
    TotalChanged,
    about_products,
)
from catalog_service.models import Order, OrderLine
from catalog_service.orders import idempotency, stock
from catalog_service.orders.schemas import OrderLineRead, OrderRead, Placement
from catalog_service.retry import retried_after
from catalog_service.tallies import ORDERS
from shared import clock
from shared.errors import FieldProblem
from shared.language.translation import Sentence


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to a request that placed an order, now or when its key was first sent."""

    body: str
    is_replayed: bool


@retried_after(DeadlockDetectedError)
async def place_order(user_id: UUID, placement: Placement, *, key: str, currency: str) -> Placed:
    """Order what is in the cart, at prices in `currency`, and empty it.

    Raises CartEmpty, ProductsUnavailable, TotalChanged, CartTotalTooLarge, NotEnoughStock, and
    what `idempotency.claim` raises.
    """
    async with in_transaction():
        answer = await idempotency.claim(
            user_id, key, body=placement.model_dump_json(exclude_none=True)
        )
        if answer is not None:
            return Placed(answer, is_replayed=True)
        order = await _check_out(user_id, placement, currency=currency)
        answer = order.model_dump_json()
        await idempotency.keep(user_id, key, answer=answer)
    ORDERS.count("placed")
    return Placed(answer, is_replayed=False)


async def _check_out(user_id: UUID, placement: Placement, *, currency: str) -> OrderRead:
    await storage.lock(user_id)
    cart = await storage.load(user_id)
    _refuse_what_cannot_be_ordered(cart, expected_total=placement.expected_total)
    counted = await stock.take(cart)
    order = await _write(user_id, cart, counted, currency=currency)
    await storage.delete_all(user_id)
    return order


def _refuse_what_cannot_be_ordered(cart: ShoppingCart, *, expected_total: int | None) -> None:
    if not cart:
        raise CartEmpty
    unavailable = [line.product for line in cart if not line.product.is_active]
    if unavailable:
        reasons = {
            p.id: Sentence("«{name}» is not for sale any more", name=p.name) for p in unavailable
        }
        raise ProductsUnavailable(about_products(reasons))
    if expected_total not in {None, cart.total}:
        now = Sentence("The total is {total} now", total=cart.total)
        raise TotalChanged([FieldProblem("expected_total", now)])
    if cart.total > MAX_TOTAL:
        raise CartTotalTooLarge


async def _write(
    user_id: UUID, cart: ShoppingCart, counted: frozenset[int], *, currency: str
) -> OrderRead:
    now = clock.now()
    order = await Order.create(user_id=user_id, total=cart.total, created_at=now, updated_at=now)
    await OrderLine.bulk_create(
        OrderLine(
            order_id=order.id,
            product_id=line.product.id,
            name=line.product.name,
            price=line.product.price,
            quantity=line.quantity,
            is_counted=line.product.id in counted,
        )
        for line in cart
    )
    return OrderRead(
        id=order.id,
        user_id=user_id,
        buyer_name=None,
        status=order.status,
        total=order.total,
        currency=currency,
        created_at=order.created_at,
        updated_at=order.updated_at,
        cancel_reason=None,
        lines=[_shown(line) for line in cart],
    )


def _shown(line: Line) -> OrderLineRead:
    return OrderLineRead(
        product_id=line.product.id,
        name=line.product.name,
        price=line.product.price,
        quantity=line.quantity,
        line_total=line.total,
    )
