"""Orders after they were placed: finding them, and moving them along.

`only_of` is the user whose orders these may be; None means that the shop's staff asks, which sees
everybody's. What is shown is in `currency`.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from catalog_service.audit.service import CatalogEvent, difference, event_of, record
from catalog_service.buyers.service import names_of
from catalog_service.errors import OrderNotCancellable, OrderNotFound, OrderNotPayable
from catalog_service.models import Order, OrderLine, OrderStatus
from catalog_service.orders import stock
from catalog_service.orders.filtering import matching
from catalog_service.orders.schemas import (
    Cancellation,
    OrderLineRead,
    OrderPage,
    OrderQuery,
    OrderRead,
    OrderSummary,
)
from catalog_service.orders.transitions import Actor, sources
from catalog_service.tallies import ORDERS
from shared import clock
from shared.errors import Conflict, FieldProblem
from shared.language.translation import Sentence

_LINE = ("product_id", "name", "price", "quantity")
_ADDED = {"currency", "buyer_name"}
_SUMMARY = tuple(name for name in OrderSummary.model_fields if name not in _ADDED)


async def list_orders(query: OrderQuery, *, only_of: UUID | None, currency: str) -> OrderPage:
    """Return one page of orders, the newest first."""
    found = await matching(_orders(only_of), query)
    rows = await found.page(query).values(*_SUMMARY)
    count = await found.count(exactly=only_of is not None)
    names = await _names(rows, only_of)
    return OrderPage(
        items=[
            OrderSummary(**row, currency=currency, buyer_name=names.get(row["user_id"]))
            for row in rows
        ],
        total=count.total,
        total_is_capped=count.is_capped,
        page=query.page,
        size=query.size,
        pages=ceil(count.total / query.size),
    )


async def read_order(order_id: UUID, *, only_of: UUID | None, currency: str) -> OrderRead:
    """Return a whole order; raises OrderNotFound."""
    order = await _orders(only_of).get_or_none(id=order_id)
    if order is None:
        raise OrderNotFound
    rows = await OrderLine.filter(order_id=order_id).order_by("id").values(*_LINE)
    lines = [OrderLineRead(**row, line_total=row["price"] * row["quantity"]) for row in rows]
    summary = {name: getattr(order, name) for name in _SUMMARY}
    buyer_name = (await _names([summary], only_of)).get(order.user_id)
    return OrderRead(
        **summary,
        currency=currency,
        buyer_name=buyer_name,
        cancel_reason=order.cancel_reason,
        lines=lines,
    )


async def pay_order(order_id: UUID, *, currency: str, actor_id: UUID) -> OrderRead:
    """Note that an order was paid; raises OrderNotFound or OrderNotPayable."""
    before = sources(OrderStatus.PAID, Actor.EDITOR)
    async with in_transaction():
        left = await _move(Order.filter(id=order_id), before, OrderStatus.PAID)
        if left is not None:
            await _record(CatalogEvent.ORDER_PAID, order_id, left, OrderStatus.PAID, actor_id)
        order = await read_order(order_id, only_of=None, currency=currency)
    return _moved(order, OrderStatus.PAID, is_moved=left is not None, refusal=OrderNotPayable)


async def cancel_order(
    order_id: UUID,
    cancellation: Cancellation,
    *,
    only_of: UUID | None,
    currency: str,
    actor_id: UUID,
) -> OrderRead:
    """Cancel an order, and return to the stock what it took; once, however many try concurrently.

    Raises OrderNotFound or OrderNotCancellable.
    """
    actor = Actor.EDITOR if only_of is None else Actor.OWNER
    target, expected = OrderStatus.CANCELLED, cancellation.expected_status
    before = [each for each in sources(target, actor) if expected in {None, each}]
    order_of = _orders(only_of).filter(id=order_id)
    async with in_transaction():
        left = await _move(order_of, before, target, cancel_reason=cancellation.reason)
        if left is not None:
            await stock.give_back(order_id)
            if actor is Actor.EDITOR:
                await _record(CatalogEvent.ORDER_CANCELLED, order_id, left, target, actor_id)
        order = await read_order(order_id, only_of=only_of, currency=currency)
    return _moved(order, target, is_moved=left is not None, refusal=OrderNotCancellable)


async def _move(
    order: QuerySet[Order], before: Sequence[OrderStatus], target: OrderStatus, **values: Any
) -> OrderStatus | None:
    """Move an order that has one of the statuses `before` to `target`; return which it had.

    These come in the order in which an order has them, and none comes back: one that leaves a
    status meanwhile is found in the next.
    """
    for status in before:
        moving = order.filter(status=status)
        if await moving.update(status=target, updated_at=clock.now(), **values):
            return status
    return None


async def _record(
    event: CatalogEvent, order_id: UUID, before: OrderStatus, after: OrderStatus, actor_id: UUID
) -> None:
    """Write down what the staff did; who cancels an order of their own has the order to show it."""
    details = {"status": difference(before.value, after.value)}
    await record(event_of(event, actor_id=actor_id, order_id=order_id, details=details))


def _moved(
    order: OrderRead, target: OrderStatus, *, is_moved: bool, refusal: type[Conflict]
) -> OrderRead:
    """Count an order that has been moved to `target`; raise `refusal` for one that has not."""
    if not is_moved:
        raise refusal([FieldProblem("status", _STATUS[order.status])])
    ORDERS.count(target.value)
    return order


_STATUS = {
    OrderStatus.PLACED: Sentence("The order is placed"),
    OrderStatus.PAID: Sentence("The order is paid"),
    OrderStatus.CANCELLED: Sentence("The order is cancelled"),
}


def _orders(only_of: UUID | None) -> QuerySet[Order]:
    """Return whose orders these may be, bound to no connection.

    `Order.all()` takes that of the moment: asked before a transaction, it would write outside it.
    """
    return Order.filter() if only_of is None else Order.filter(user_id=only_of)


async def _names(orders: Sequence[Mapping[str, Any]], only_of: UUID | None) -> Mapping[UUID, str]:
    """Return who placed these orders, by id, where the shop's staff asks."""
    if only_of is not None or not orders:
        return {}
    return await names_of(order["user_id"] for order in orders)
