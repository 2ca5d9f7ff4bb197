"""Orders after they were placed: finding them, and moving them along.

`only_of` is the user whose orders these may be; None means that the shop's staff asks, which sees
everybody's. What is shown is in `currency`.
"""

from math import ceil
from uuid import UUID

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from catalog_service.counting import CappedCount, capped_count
from catalog_service.errors import OrderNotCancellable, OrderNotFound, OrderNotPayable
from catalog_service.models import Order, OrderLine, OrderStatus
from catalog_service.orders import stock
from catalog_service.orders.schemas import (
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
from shared.translation import Sentence

_LINE = ("product_id", "name", "price", "quantity")
_SUMMARY = tuple(name for name in OrderSummary.model_fields if name != "currency")


async def list_orders(query: OrderQuery, *, only_of: UUID | None, currency: str) -> OrderPage:
    """Return one page of orders, the newest first."""
    found = _orders(only_of)
    if query.status is not None:
        found = found.filter(status=query.status)
    page = found.order_by("-created_at", "-id").offset(query.offset).limit(query.size)
    rows = await page.values(*_SUMMARY)
    count = await _count(found, exactly=only_of is not None)
    return OrderPage(
        items=[OrderSummary(**row, currency=currency) for row in rows],
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
    return OrderRead(**summary, currency=currency, lines=lines)


async def pay_order(order_id: UUID, *, currency: str) -> OrderRead:
    """Note that an order was paid; raises OrderNotFound or OrderNotPayable."""
    paid = OrderStatus.PAID
    return await _move(order_id, paid, only_of=None, refusal=OrderNotPayable, currency=currency)


async def cancel_order(order_id: UUID, *, only_of: UUID | None, currency: str) -> OrderRead:
    """Cancel an order, and return to the stock what it took; once, however many try at once.

    Raises OrderNotFound or OrderNotCancellable.
    """
    cancelled = OrderStatus.CANCELLED
    return await _move(
        order_id, cancelled, only_of=only_of, refusal=OrderNotCancellable, currency=currency
    )


async def _move(
    order_id: UUID,
    target: OrderStatus,
    *,
    only_of: UUID | None,
    refusal: type[Conflict],
    currency: str,
) -> OrderRead:
    actor = Actor.EDITOR if only_of is None else Actor.OWNER
    async with in_transaction():
        movable = _orders(only_of).filter(id=order_id, status__in=sources(target, actor))
        is_moved = await movable.update(status=target, updated_at=clock.now())
        if is_moved and target is OrderStatus.CANCELLED:
            await stock.give_back(order_id)
        order = await read_order(order_id, only_of=only_of, currency=currency)
    if not is_moved:
        raise refusal([FieldProblem("status", _STATUS[OrderStatus(order.status)])])
    ORDERS.count(target.value)
    return order


_STATUS = {
    OrderStatus.PLACED: Sentence("The order is placed"),
    OrderStatus.PAID: Sentence("The order is paid"),
    OrderStatus.CANCELLED: Sentence("The order is cancelled"),
}


def _orders(only_of: UUID | None) -> QuerySet[Order]:
    return Order.all() if only_of is None else Order.filter(user_id=only_of)


async def _count(found: QuerySet[Order], *, exactly: bool) -> CappedCount:
    """Count one person's orders; of everybody's there may be too many to count."""
    if exactly:
        return CappedCount(await found.count(), is_capped=False)
    return await capped_count(found)
