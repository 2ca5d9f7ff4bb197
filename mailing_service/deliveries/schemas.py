"""What deliveries and their attempts look like from outside."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from mailing_service.bounds import EMAIL_LENGTH
from mailing_service.models.bounces import BounceKind
from mailing_service.models.deliveries import AttemptOutcome, DeliveryState
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.transfer.schemas import ExportOptions
from shared.values.schemas import Schema, UtcDatetime

FullAddresses = Annotated[
    bool,
    Field(
        description="Show whole addresses of others' recipients; for administrators, and written"
        " down. Your own are always whole."
    ),
]
Start = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=EMAIL_LENGTH, pattern=r"^[^\x00]*$"
    ),
]


class DeliveryFilter(Schema):
    """Which deliveries of a mailing."""

    state: Annotated[MaybeGiven[DeliveryState], Field(description="Only those in this state.")] = (
        None
    )
    full_addresses: FullAddresses = False


class DeliveryQuery(ListQuery, DeliveryFilter):
    """A page of them."""

    q: Annotated[
        MaybeGiven[Start],
        Field(description="The beginning of the address, for those who see it whole."),
    ] = None


class DeliveryExportOptions(ExportOptions, DeliveryFilter):
    """How to write them down."""


class AddressOptions(Schema):
    """How to show one of them."""

    full_addresses: FullAddresses = False


class DeliveryRead(Schema):
    """An email to one recipient, and what became of it."""

    id: int = Field(examples=[17])
    mailing_id: int
    run_id: int
    recipient_id: int | None = Field(description="Null for staff.")
    email: str | None = Field(
        examples=["anna@example.com"],
        description="Like a…@example.com for staff; null once it was erased.",
    )
    state: DeliveryState
    state_reason: str | None = Field(
        description="Why the system decided so, like `unsubscribed` or `window_over`."
    )
    attempts_used: int
    next_try_at: UtcDatetime | None = Field(description="When it is tried again.")
    code: int | None = Field(description="The mail server's last reply code.", examples=[250])
    response: str | None = Field(examples=["2.0.0 Ok: queued as 4F1A"])
    bounced: BounceKind | None = Field(
        description="What a report said that came back after it was sent; hard: there is no such"
        " address, soft: it was out of reach."
    )
    changed_at: UtcDatetime


class DeliveryPage(ListPage[DeliveryRead]):
    """One page of deliveries, the newest first."""


class DeliveryLine(Schema):
    """A line of an export."""

    id: int
    run_id: int
    email: str | None
    state: DeliveryState
    state_reason: str | None
    attempts_used: int
    code: int | None
    response: str | None
    bounced: BounceKind | None
    changed_at: datetime


class AttemptRead(Schema):
    """One attempt to hand an email to a mail server."""

    at: UtcDatetime
    outcome: AttemptOutcome
    code: int | None = Field(examples=[250])
    response: str
    duration_ms: int
    server: str = Field(examples=["smtp.example.com:587"])


class BounceRead(Schema):
    """A report that came back."""

    kind: BounceKind
    at: UtcDatetime


class DeliveryDetails(DeliveryRead):
    """A delivery with its attempts, the newest first, the last hundred of them."""

    attempts: list[AttemptRead]
    bounces: list[BounceRead]
