"""Which orders a list holds: by state and time, by an order's number, or by its buyer's name.

Buyers of a name are found first. Where they are many, the newest orders are looked through instead
of all of theirs: a page of those is there as soon, however many orders there are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tortoise.queryset import QuerySet

from catalog_service.buyers.service import ids_named_like, which_are_named_like
from catalog_service.expressions import IsOneOf
from catalog_service.models import Order
from catalog_service.orders.schemas import OrderQuery
from shared.database.counting import CappedCount, capped_count
from shared.database.statements import build, fetch, primary
from shared.http.pagination import PageParams

MANY_BUYERS: Final = 1000
LOOKED_THROUGH: Final = 2000
"""Orders, the newest that the other filters leave, among which those of many buyers are found."""
_SHOWN_DIGITS: Final = 8
"""Digits of a number as people are shown it: the beginning of the id."""
_ALL_DIGITS: Final = 32
_NUMBER: Final = re.compile("[0-9a-f]{4,32}")
_NEWEST_FIRST: Final = ("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class Matches:
    """The orders that a query asks for.

    Where they were found and counted on the way, `ids` are all of them, the newest first, and
    `known` is their count.
    """

    orders: QuerySet[Order]
    ids: Sequence[UUID] | None = None
    known: CappedCount | None = None

    def page(self, query: PageParams) -> QuerySet[Order]:
        """Return those that stand on a page, the newest first."""
        if self.ids is None:
            found = self.orders.offset(query.offset).limit(query.size)
        else:
            shown = self.ids[query.offset : query.offset + query.size]
            found = _having(self.orders, "id", shown)
        return found.order_by(*_NEWEST_FIRST)

    async def count(self, *, exactly: bool) -> CappedCount:
        """Count them; of everybody's there may be too many to count `exactly`."""
        if self.known is not None:
            return self.known
        if exactly:
            return CappedCount(await self.orders.count(), is_capped=False)
        return await capped_count(self.orders)


async def matching(orders: QuerySet[Order], query: OrderQuery) -> Matches:
    """Return those of `orders` that `query` asks for."""
    bounds: dict[str, Any] = {
        "status": query.status,
        "created_at__gte": query.created_from,
        "created_at__lte": query.created_to,
    }
    found = orders.filter(**{name: value for name, value in bounds.items() if value is not None})
    if query.q is None:
        return Matches(found)
    digits = _digits(query.q)
    if digits is None:
        return await _of_buyers(found, query.q)
    first, last = (UUID(digits.ljust(_ALL_DIGITS, end)) for end in "0f")
    return Matches(found.filter(id__gte=first, id__lte=last))


async def _of_buyers(orders: QuerySet[Order], name: str) -> Matches:
    buyers = await ids_named_like(name, most=MANY_BUYERS + 1)
    if len(buyers) <= MANY_BUYERS:
        return Matches(_having(orders, "user_id", buyers))
    newest = orders.order_by(*_NEWEST_FIRST).limit(LOOKED_THROUGH)
    rows = await fetch(build(newest, "id", "user_id"), primary)
    named = await which_are_named_like(name, {row["user_id"] for row in rows})
    ids = [row["id"] for row in rows if row["user_id"] in named]
    count = CappedCount(len(ids), is_capped=len(rows) == LOOKED_THROUGH)
    return Matches(orders, ids, count)


def _having(orders: QuerySet[Order], column: str, values: Sequence[UUID]) -> QuerySet[Order]:
    return orders.annotate(is_match=IsOneOf(column, values)).filter(is_match=True)


def _digits(text: str) -> str | None:
    """Return the hexadecimal digits that an order's number begins with, if `text` is such."""
    digits = text.lower().removeprefix("#").removeprefix("№").strip().replace("-", "")
    if not _NUMBER.fullmatch(digits):
        return None
    is_number = len(digits) >= _SHOWN_DIGITS or any(digit.isdecimal() for digit in digits)
    return digits if is_number else None
