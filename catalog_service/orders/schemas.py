"""What an order looks like from outside, and what is said when it is placed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, Strict, StringConstraints

from catalog_service.bounds import MAX_TOTAL
from catalog_service.models import REASON_LENGTH, OrderStatus
from catalog_service.products.listing.views import Query
from catalog_service.products.schemas import CurrencyCode
from shared.http.pagination import Page, PageParams
from shared.http.query_parameters import MaybeGiven
from shared.values.instants import Instant
from shared.values.schemas import Int32, OneLine, Schema, UtcDatetime

CancelReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_LENGTH),
    OneLine,
    Field(examples=["The teapot was broken on its way to us"]),
]


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
    q: MaybeGiven[Query] = Field(
        default=None,
        examples=["8B5B52EA"],
        description="An order's number or how it begins, or words of the buyer's name or how they"
        " begin. Of a name that more than 1,000 buyers have, those of the newest 2,000 orders.",
    )
    created_from: MaybeGiven[Instant] = Field(default=None, description="At this time or later.")
    created_to: MaybeGiven[Instant] = Field(default=None, description="At this time or earlier.")


class Cancellation(Schema):
    """Why an order is cancelled, and what it was taken for."""

    reason: CancelReason | None = Field(
        default=None, description="The buyer is shown it; for the shop's staff."
    )
    expected_status: OrderStatus | None = Field(
        default=None, description="What the order was when this was decided; refused if it changed."
    )


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
    user_id: UUID = Field(description="Who placed it: the `sub` of the access token.")
    buyer_name: str | None = Field(
        examples=["Анна Петрова"],
        description="For the shop's staff; null to others, and where the account is deleted.",
    )
    status: OrderStatus
    total: int = Field(examples=[259800], description="In the currency's smallest unit.")
    currency: CurrencyCode
    created_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])
    updated_at: UtcDatetime = Field(examples=["2026-11-21T09:30:00.123456Z"])


class OrderRead(OrderSummary):
    """A whole order."""

    cancel_reason: str | None = Field(
        examples=[None], description="What the shop's staff said when it cancelled the order."
    )
    lines: list[OrderLineRead]


class OrderPage(Page[OrderSummary]):
    """One page of orders."""

    total_is_capped: bool = Field(
        description="True where there may be more than `total`; only with everybody's orders."
    )
