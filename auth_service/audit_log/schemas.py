"""What the audit log shows, and how to ask for a part of it."""

from typing import Any
from uuid import UUID

from pydantic import Field

from auth_service.audit.service import Event
from shared.audit_log.schemas import EventExport, EventFilter
from shared.http.pagination import Page, PageParams
from shared.http.query_parameters import MaybeGiven
from shared.values.schemas import Schema, UtcDatetime


class AuditFilter(EventFilter):
    """Which events; what is left out does not matter. Times need an offset or `Z`."""

    event: MaybeGiven[Event] = None
    subject_id: MaybeGiven[UUID] = None
    succeeded: MaybeGiven[bool] = None


class AuditQuery(PageParams, AuditFilter):
    """A page of those events, the newest first."""


class AuditExportOptions(EventExport, AuditFilter):
    """How to write them down."""


class AuditEventRead(Schema):
    """Something that happened or was tried: who (actor) did what (event) to whom (subject).

    Names are those of now; who was deleted has none.
    """

    id: int
    at: UtcDatetime
    event: str
    succeeded: bool
    actor_id: UUID | None
    actor_name: str | None
    subject_id: UUID | None
    subject_name: str | None
    session_id: UUID | None
    address: str
    user_agent: str
    request_id: str
    details: dict[str, Any]


class AuditPage(Page[AuditEventRead]):
    """One page of events; where there are more than 10,000, `total` stays there."""

    total_is_capped: bool = Field(description="There are more than `total`.")
