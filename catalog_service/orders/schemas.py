"""What an order looks like from outside, and what is said when it is placed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, Strict

from catalog_service.bounds import MAX_TOTAL
from catalog_service.models import OrderStatus
from catalog_service.products.schemas import CurrencyCode
from catalog_service.query_parameters import MaybeGiven
from shared.pagination import Page, PageParams
from shared.schemas import Int32, Schema, UtcDatetime


class Placement(Schema):
    """What the buyer wants to be sure of."""

    expected_total: Annotated[
        int | None,
        Strict(),
        Field(
            ge=0,
            le=MAX_TOTAL,
            examples=[259800],
            description="What the cart came to when the buyer saw it; refused if it differs now.",
        ),
    ] = None


class OrderQuery(PageParams):
    """Which orders a list shows, the newest first."""

    status: Annotated[
        MaybeGiven[OrderStatus], Field(description="Only those with this status.")
    ] = None
    everyone: Annotated[
        bool, Field(description="Everybody's orders instead of your own; for the shop's staff.")
    ] = False


class OrderLineRead(Schema):
    """One product of an order, with the name and price of the moment when it was placed."""

    product_id: int = Field(examples=[17])
    name: str = Field(examples=["Чайник заварочный «Василёк», 600 мл"])
    price: int = Field(examples=[129900], description="Of one piece.")
    quantity: Int32 = Field(examples=[2])
    line_total: int = Field(examples=[259800])


class OrderSummary(Schema):
    """An order as lists show it."""

    id: UUID
    user_id: UUID = Field(description="Who placed it: the `sub` of his access token.")
    status: OrderStatus
    total: int = Field(examples=[259800], description="In the currency's smallest unit.")
    currency: CurrencyCode
    created_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])
    updated_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])


class OrderRead(OrderSummary):
    """A whole order."""

    lines: list[OrderLineRead]


class OrderPage(Page[OrderSummary]):
    """One page of orders."""

    total_is_capped: bool = Field(
        description="True where there are more than `total`; only with everybody's orders."
    )
