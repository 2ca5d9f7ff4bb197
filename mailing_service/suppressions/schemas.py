"""What a suppression looks like from outside."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from mailing_service.models.suppressions import SuppressionReason
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.values.email_addresses import Email
from shared.values.schemas import Schema, UtcDatetime

ForEveryone = Annotated[
    bool, Field(description="For all owners instead of yourself; for administrators.")
]


FullAddresses = Annotated[
    bool,
    Field(
        description="With `everyone`: show whole addresses, which is written down. Your own are"
        " always whole."
    ),
]


class SuppressionCreate(Schema):
    """An address that is to get no email."""

    email: Email
    reason: Literal[SuppressionReason.MANUAL, SuppressionReason.COMPLAINT] = (
        SuppressionReason.MANUAL
    )
    everyone: Annotated[ForEveryone, Strict()] = False


class SuppressionQuery(ListQuery):
    """Which suppressions a list shows."""

    reason: Annotated[
        MaybeGiven[SuppressionReason], Field(description="Only those for this reason.")
    ] = None
    email: Annotated[
        MaybeGiven[Email],
        Field(description="Only this address, written in full; found after its erasure, too."),
    ] = None
    everyone: ForEveryone = False
    full_addresses: FullAddresses = False


class SuppressionOptions(Schema):
    """Whose a suppression is, and how to show its address."""

    everyone: ForEveryone = False
    full_addresses: FullAddresses = False


class SuppressionRead(Schema):
    """An address that gets no email."""

    id: int = Field(examples=[17])
    email: str | None = Field(
        examples=["anna@example.com"],
        description="Like a…@example.com where it is for everyone; null once it was erased.",
    )
    reason: SuppressionReason
    created_at: UtcDatetime


class SuppressionPage(ListPage[SuppressionRead]):
    """One page of suppressions, the newest first."""
