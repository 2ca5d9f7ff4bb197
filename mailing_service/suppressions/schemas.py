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
    everyone: ForEveryone = False


class SuppressionRead(Schema):
    """An address that gets no email; `email` is null once the address was erased."""

    id: int = Field(examples=[17])
    email: str | None = Field(examples=["anna@example.com"])
    reason: SuppressionReason
    created_at: UtcDatetime


class SuppressionPage(ListPage[SuppressionRead]):
    """One page of suppressions, the newest first."""
