"""What the audit log shows, and how to ask for a part of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from mailing_service.audit.service import MailingEvent
from shared.audit_log.schemas import EventExport, EventFilter
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.values.schemas import MAX_SAFE_INTEGER, Digits, Schema, UtcDatetime


class AuditFilter(EventFilter):
    """Which events; what is left out does not matter. Times need an offset or `Z`."""

    event: MaybeGiven[MailingEvent] = None
    owner_id: MaybeGiven[UUID] = None
    mailing_id: Annotated[
        MaybeGiven[Annotated[int, Field(ge=1, le=MAX_SAFE_INTEGER), Digits]],
        Field(description="Only those about this mailing."),
    ] = None


class AuditQuery(ListQuery, AuditFilter):
    """A page of those events, the newest first."""


class AuditExportOptions(EventExport, AuditFilter):
    """How to write them down."""


class MailingEventRead(Schema):
    """Something that happened: who (actor) did what (event) to whose (owner) mailing.

    Without an actor the system did it. Names are those of now; who was deleted has none.
    """

    id: int
    at: UtcDatetime
    event: str
    actor_id: UUID | None
    actor_name: str | None
    owner_id: UUID | None
    owner_name: str | None
    mailing_id: int | None
    address: str | None
    user_agent: str | None
    request_id: str | None
    details: dict[str, Any]


class MailingEventPage(ListPage[MailingEventRead]):
    """One page of events."""
