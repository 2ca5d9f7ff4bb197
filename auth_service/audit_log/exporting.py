"""Give the audit log away as a file, batch by batch."""

from collections.abc import AsyncIterator
from typing import Final

from auth_service.actor import Actor
from auth_service.audit_log.reading import record_reading, shown
from auth_service.audit_log.schemas import AuditEventRead, AuditExportOptions
from auth_service.models import AuditEvent
from shared.audit_log.exporting import export_log, of_this_moment
from shared.audit_log.reading import matching

COLUMNS: Final = (
    *("at", "event", "succeeded", "actor_name", "subject_name", "details", "address"),
    *("user_agent", "actor_id", "subject_id", "session_id", "request_id", "id"),
)
"""Of CSV; people read the first of them."""


async def export_events(options: AuditExportOptions, *, actor: Actor) -> AsyncIterator[bytes]:
    """Return the events of this moment as a file, the oldest first.

    The first batch is read, and the reading written down, before this returns: what is wrong by
    then is an error and not half an answer.
    """
    events = await of_this_moment(matching(AuditEvent.all(), options))
    await record_reading(actor, "export")
    return await export_log(events, shown, AuditEventRead, options.format, columns=COLUMNS)
