"""What the audit log shows, and how to ask for a part of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from auth_service.audit.service import Event
from auth_service.fields.instants import Instant
from auth_service.fields.query_parameters import MaybeGiven
from shared.pagination import Page, PageParams
from shared.schemas import Schema, UtcDatetime


class AuditFilter(Schema):
    """Which events; what is left out does not matter. Times need an offset or `Z`."""

    event: MaybeGiven[Event] = None
    subject_id: MaybeGiven[UUID] = None
    actor_id: MaybeGiven[UUID] = None
    succeeded: MaybeGiven[bool] = None
    since: Annotated[
        MaybeGiven[Instant], Field(alias="from", description="From this instant on.")
    ] = None
    until: Annotated[MaybeGiven[Instant], Field(alias="to", description="Before this instant.")] = (
        None
    )


class AuditQuery(PageParams, AuditFilter):
    """A page of those events, the newest first."""


class AuditEventRead(Schema):
    """Something that happened or was tried: who (actor) did what (event) to whom (subject)."""

    id: int
    at: UtcDatetime
    event: str
    succeeded: bool
    actor_id: UUID | None
    subject_id: UUID | None
    session_id: UUID | None
    address: str
    user_agent: str
    request_id: str
    details: dict[str, Any]


class AuditPage(Page[AuditEventRead]):
    """One page of events."""
