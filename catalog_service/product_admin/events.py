"""What the audit log says of products that were added or changed."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from catalog_service.audit.service import CatalogEvent, difference, event_of
from catalog_service.models import AuditEvent, Product
from catalog_service.product_admin.rows import Values

_SWITCHED = {False: CatalogEvent.PRODUCT_DEACTIVATED, True: CatalogEvent.PRODUCT_REACTIVATED}
_SHOWN = ("name", "price", "sku")


def added(product: Product, *, actor_id: UUID | None) -> AuditEvent:
    """Return the event of a product that was made."""
    shown = {name: value for name in _SHOWN if (value := getattr(product, name)) is not None}
    if not product.is_active:
        shown["is_active"] = False
    return event_of(
        CatalogEvent.PRODUCT_ADDED, actor_id=actor_id, product_id=product.id, details=shown
    )


def changed(before: Product, values: Values, *, actor_id: UUID | None) -> AuditEvent:
    """Return the event of a locked product that is given `values`, of which some differ."""
    details: dict[str, Any] = {
        name: difference(getattr(before, name), value)
        for name, value in values.items()
        if getattr(before, name) != value
    }
    switched = details.pop("is_active", None)
    event = _SWITCHED[values["is_active"]] if switched else CatalogEvent.PRODUCT_CHANGED
    return event_of(event, actor_id=actor_id, product_id=before.id, details=details)


def in_bulk(events: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
    """Have events of one request say how many they are, where they are several."""
    together = list(events)
    for event in together:
        if len(together) > 1:
            event.details["bulk"] = len(together)
        yield event
