"""What the audit log shows, and how to ask for a part of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from catalog_service.audit.service import CatalogEvent
from catalog_service.products.schemas import MAX_ID
from shared.audit_log.schemas import EventExport, EventFilter
from shared.cursor_pages import ListPage, ListQuery
from shared.http.query_parameters import MaybeGiven
from shared.values.schemas import Digits, Schema, UtcDatetime


class AuditFilter(EventFilter):
    """Which events; what is left out does not matter. Times need an offset or `Z`."""

    event: MaybeGiven[CatalogEvent] = None
    product_id: Annotated[
        MaybeGiven[Annotated[int, Field(ge=1, le=MAX_ID), Digits]],
        Field(description="Only those about this product; what a file changed is not among them."),
    ] = None
    order_id: Annotated[MaybeGiven[UUID], Field(description="Only those about this order.")] = None


class AuditQuery(ListQuery, AuditFilter):
    """A page of those events, the newest first."""


class AuditExportOptions(EventExport, AuditFilter):
    """How to write them down."""


class CatalogEventRead(Schema):
    """Something that was done: who (actor) did what (event) to which product or order.

    Without an actor a command did it. Names are those of now; who was deleted has none. `details`
    have `before` and `after` of each field that was changed; prices are in the currency's smallest
    unit.
    """

    id: int
    at: UtcDatetime
    event: str
    actor_id: UUID | None
    actor_name: str | None
    product_id: int | None
    product_name: str | None
    order_id: UUID | None
    request_id: str | None
    details: dict[str, Any] = Field(examples=[{"price": {"before": 129900, "after": 119900}}])


class CatalogEventPage(ListPage[CatalogEventRead]):
    """One page of events."""
