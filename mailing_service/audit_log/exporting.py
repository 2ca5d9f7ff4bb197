"""Give the audit log away as a file, batch by batch."""

from collections.abc import AsyncIterator
from typing import Any, Final

from mailing_service.audit.service import MailingEvent, record
from mailing_service.audit_log.reading import matching, shown
from mailing_service.audit_log.schemas import AuditExportOptions, MailingEventRead
from mailing_service.caller import Caller
from shared.principal import Principal
from shared.transfer.exporting import Rows, export_rows
from shared.transfer.formats import FileFormat

BATCH_SIZE = 500
"""Events that an export holds in memory at a time."""
COLUMNS: Final = (
    *("at", "event", "mailing_id", "actor_name", "owner_name", "details", "address"),
    *("user_agent", "actor_id", "owner_id", "request_id", "id"),
)
"""Of CSV; people read the first of them."""


async def export_events(
    options: AuditExportOptions, *, reader: Principal, caller: Caller
) -> AsyncIterator[bytes]:
    """Return the events of this moment as a file, the oldest first.

    The first batch is read, and the reading written down, before this returns: what is wrong by
    then is an error and not half a response.
    """
    newest = await matching(options).order_by("-id").first()
    await record(MailingEvent.AUDIT_READ, caller=caller, actor_id=reader.user_id, how="export")
    events = matching(options).filter(id__lte=newest.id if newest else 0).order_by("id")
    row = _as_text if options.format is FileFormat.CSV else dict

    async def rows_after(last: int | None) -> Rows:
        batch = events if last is None else events.filter(id__gt=last)
        return [row(event) for event in await shown(await batch.limit(BATCH_SIZE))]

    return await export_rows(rows_after, MailingEventRead, options.format, columns=COLUMNS)


def _as_text(event: MailingEventRead) -> dict[str, Any]:
    return event.model_dump(mode="json")
