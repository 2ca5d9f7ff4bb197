"""Which days are summed up, and what the sums look like."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from catalog_service.models import OrderStatus
from catalog_service.products.schemas import CurrencyCode
from shared.http.query_parameters import MaybeGiven
from shared.values.schemas import Int32, Schema
from shared.values.time_zones import UTC, TimeZone

MAX_DAYS = 31
DEFAULT_DAYS = 30
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)

_SHAPE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> date:
    """Read a day; numbers, which pydantic takes for seconds, are none."""
    try:
        day = date.fromisoformat(value if _SHAPE.fullmatch(value) else "")
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "Must be a day like 2026-11-21") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("day_range", "Must lie between the years 2000 and 2200")
    return day


Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "format": "date"}),
    Field(examples=["2026-11-21"]),
]


class SalesQuery(Schema):
    """Days on the clock of `time_zone`, at most 31; those of the last 30 days if none is given."""

    first_day: MaybeGiven[Day] = Field(
        default=None, description="29 days before the last one, if it is not given."
    )
    last_day: MaybeGiven[Day] = Field(default=None, description="Today, if it is not given.")
    time_zone: TimeZone = UTC


class Period(Schema):
    """Which days were summed up."""

    first_day: date
    last_day: date
    time_zone: str
    currency: CurrencyCode


class DaySales(Schema):
    """The orders that were placed on one day, by what they are now."""

    day: date
    orders: dict[OrderStatus, int] = Field(examples=[{"placed": 2, "paid": 5, "cancelled": 1}])
    totals: dict[OrderStatus, int] = Field(
        examples=[{"placed": 259800, "paid": 649500, "cancelled": 129900}],
        description="What they come to, in the currency's smallest unit.",
    )


class SalesByDay(Period):
    """Each day of the period, also one without an order, the first of them first."""

    days: list[DaySales]


class ProductSales(Schema):
    """How much of a product is in orders that are not cancelled."""

    product_id: int = Field(examples=[17])
    name: str = Field(examples=["Чайник заварочный «Василёк», 600 мл"], description="As it is now.")
    orders: Int32
    pieces: int
    total: int = Field(examples=[649500], description="In the currency's smallest unit.")


class SalesByProduct(Period):
    """The products that brought most, the first of them first: at most a hundred."""

    products: list[ProductSales]
