"""Give the audit log away as a file, batch by batch."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from catalog_service.audit_log.reading import record_reading, shown
from catalog_service.audit_log.schemas import AuditExportOptions, CatalogEventRead
from catalog_service.models import AuditEvent
from shared.audit_log.exporting import export_log, of_this_moment
from shared.audit_log.reading import matching

COLUMNS: Final = (
    *("at", "event", "actor_name", "product_id", "product_name", "order_id", "details"),
    *("actor_id", "request_id", "id"),
)
"""Of CSV; people read the first of them."""


async def export_events(options: AuditExportOptions, *, reader_id: UUID) -> AsyncIterator[bytes]:
    """Return the events of this moment as a file, the oldest first.

    The first batch is read, and the reading written down, before this returns: what is wrong by
    then is an error and not half a response.
    """
    events = await of_this_moment(matching(AuditEvent.all(), options))
    await record_reading(reader_id, "export")
    return await export_log(events, shown, CatalogEventRead, options.format, columns=COLUMNS)
