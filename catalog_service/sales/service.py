"""Sums of orders, each read by one statement: so the whole is the sum of its parts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pypika_tortoise.enums import Order as Direction
from pypika_tortoise.terms import Function, ValueWrapper
from tortoise.connection import get_connection
from tortoise.expressions import Expression, ResolveContext, ResolveResult
from tortoise.functions import Count, Sum

from catalog_service.models import Order, OrderLine, OrderStatus, Product
from catalog_service.sales.periods import Days
from catalog_service.sales.schemas import (
    DaySales,
    ProductSales,
    SalesByDay,
    SalesByProduct,
    SalesQuery,
)
from shared.database.statements import build, primary

MAX_PRODUCTS = 100


class _DayNumber(Expression):
    """In which of these days an order was placed, from one.

    Found among the instants at which days begin: PostgreSQL would need several times as long to
    put each order on the clock of a time zone.
    """

    def __init__(self, starts: Sequence[datetime]) -> None:
        self._starts = list(starts)

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        placed = resolve_context.table.created_at
        return ResolveResult(term=Function("width_bucket", placed, ValueWrapper(self._starts)))


class _LineTotal(Expression):
    """What a line of an order comes to."""

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        line = resolve_context.table
        return ResolveResult(term=line.price * line.quantity)


async def sales_by_day(query: SalesQuery, *, currency: str) -> SalesByDay:
    """Sum up the orders of each day; raises UnprocessableEntity for days that cannot be."""
    days = Days.of(query)
    starts = days.starts
    placed = Order.filter(created_at__gte=starts[0], created_at__lt=starts[-1])
    summed = placed.annotate(number=_DayNumber(starts), orders=Count("id"), sum=Sum("total"))
    rows = await summed.group_by("number", "status").values("number", "status", "orders", "sum")
    found = {(row["number"], row["status"]): row for row in rows}
    return SalesByDay(
        **_period(days, currency),
        days=[
            DaySales(
                day=day,
                orders={each: _sum(found, number, each, "orders") for each in OrderStatus},
                totals={each: _sum(found, number, each, "sum") for each in OrderStatus},
            )
            for number, day in enumerate(days.each, 1)
        ],
    )


async def sales_by_product(query: SalesQuery, *, currency: str) -> SalesByProduct:
    """Sum up the lines of orders by product; raises UnprocessableEntity likewise."""
    days = Days.of(query)
    starts = days.starts
    sold = OrderLine.filter(
        order__created_at__gte=starts[0],
        order__created_at__lt=starts[-1],
        order__status__in=[OrderStatus.PLACED, OrderStatus.PAID],
    )
    line_total: Any = _LineTotal()  # Tortoise takes any expression, and says less
    summed = sold.annotate(
        orders=Count("id"), pieces=Sum("quantity"), sum=Sum(line_total)
    ).group_by("product_id")
    best = summed.order_by("-sum", "product_id").limit(MAX_PRODUCTS)
    sums = build(best, "product_id", "orders", "pieces", "sum").as_("sums")
    product = Product._meta.basetable
    named = (
        get_connection("default")
        .query_class.from_(sums)
        .join(product)
        .on(product.id == sums.product_id)
        .select(sums.product_id, product.name, sums.orders, sums.pieces, sums.sum.as_("total"))
        .orderby(sums.sum, order=Direction.desc)
        .orderby(sums.product_id)
    )
    rows = await primary(*named.get_parameterized_sql())
    return SalesByProduct(**_period(days, currency), products=[ProductSales(**row) for row in rows])


def _sum(found: dict[Any, Any], number: int, status: OrderStatus, name: str) -> int:
    row = found.get((number, status))
    return int(row[name]) if row else 0


def _period(days: Days, currency: str) -> dict[str, Any]:
    return {
        "first_day": days.first,
        "last_day": days.last,
        "time_zone": days.time_zone,
        "currency": currency,
    }
