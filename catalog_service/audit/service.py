"""Write down what the staff did to products and orders; what is written stays.

Call it in the transaction of what it describes, and only where something came to be different: a
refused act and one that changes nothing are no events.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from catalog_service.models import AuditEvent
from shared import clock
from shared.database.batches import delete_in_batches
from shared.telemetry.observability import request_id


class CatalogEvent(StrEnum):
    """Everything that is written down."""

    PRODUCT_ADDED = "product_added"
    PRODUCT_CHANGED = "product_changed"
    PRODUCT_DEACTIVATED = "product_deactivated"
    PRODUCT_REACTIVATED = "product_reactivated"
    STOCK_CHANGED = "stock_changed"
    PRODUCTS_IMPORTED = "products_imported"
    ORDER_PAID = "order_paid"
    ORDER_CANCELLED = "order_cancelled"
    AUDIT_READ = "audit_read"


def event_of(
    event: CatalogEvent,
    *,
    actor_id: UUID | None,
    product_id: int | None = None,
    order_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Return an event that is not written yet.

    Without an actor a command did it. `details` are short, and say nothing of people: no name, no
    address, no text that somebody wrote about somebody.
    """
    return AuditEvent(
        event=event.value,
        actor_id=actor_id,
        product_id=product_id,
        order_id=order_id,
        request_id=request_id.get(),
        details=dict(details or {}),
    )


def difference(before: object, after: object) -> dict[str, object]:
    """Return what the details say of a field that was changed."""
    return {"before": before, "after": after}


async def record(*events: AuditEvent) -> None:
    """Add events."""
    await record_all(events)


async def record_all(events: Iterable[AuditEvent]) -> None:
    """Add many events, in their order."""
    await AuditEvent.bulk_create(events)


async def forget_old(kept: timedelta) -> int:
    """Remove the events that have been kept for so long; return how many."""
    return await delete_in_batches(AuditEvent.filter(at__lt=clock.now() - kept).order_by("at"))
