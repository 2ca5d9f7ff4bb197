"""Sums of the catalog, made into the points of plots: what, how much, and how that is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from babel.dates import format_date
from babel.numbers import get_currency_precision

from web_service.languages.formats import money, number

MOST_PRODUCTS: Final = 10
_SOLD: Final = ("placed", "paid")

Point = tuple[str, float, str]
Sums = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Summed:
    """Some days together: orders and money without what was cancelled, and of it what is paid."""

    orders: int
    total: int
    paid: int
    cancelled: int

    @classmethod
    def of(cls, days: Sums) -> Self:
        """Sum up what the catalog says of each day."""
        return cls(
            orders=sum(_sold(day["orders"]) for day in days),
            total=sum(_sold(day["totals"]) for day in days),
            paid=sum(day["totals"]["paid"] for day in days),
            cancelled=sum(day["orders"]["cancelled"] for day in days),
        )


def money_by_day(days: Sums, currency: str, language: str) -> list[Point]:
    """Return what the orders of each day come to, in the currency's main unit."""
    return [
        (_day(day, language), *_money(_sold(day["totals"]), currency, language)) for day in days
    ]


def orders_by_day(days: Sums, language: str) -> list[Point]:
    """Return how many orders each day brought."""
    counts = [(_day(day, language), _sold(day["orders"])) for day in days]
    return [(text, count, number(count, language)) for text, count in counts]


def best(products: Sums, currency: str, language: str) -> list[Point]:
    """Return what the first of `products` brought."""
    return [
        (product["name"], *_money(product["total"], currency, language))
        for product in products[:MOST_PRODUCTS]
    ]


def _sold(by_status: Mapping[str, int]) -> int:
    return sum(by_status[status] for status in _SOLD)


def _money(total: int, currency: str, language: str) -> tuple[float, str]:
    written = money(total, currency, language)
    return float(total / 10 ** get_currency_precision(currency)), written


def _day(day: Mapping[str, Any], language: str) -> str:
    return format_date(date.fromisoformat(day["day"]), "d MMM", locale=language)
