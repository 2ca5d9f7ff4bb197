"""Give the audit log away as a file, batch by batch."""

from collections.abc import AsyncIterator
from typing import Final

from mailing_service.audit.service import MailingEvent, record
from mailing_service.audit_log.reading import shown
from mailing_service.audit_log.schemas import AuditExportOptions, MailingEventRead
from mailing_service.caller import Caller
from mailing_service.models.audit import AuditEvent
from shared.access.principal import Principal
from shared.audit_log.exporting import export_log, of_this_moment
from shared.audit_log.reading import matching

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
    events = await of_this_moment(matching(AuditEvent.all(), options))
    await record(MailingEvent.AUDIT_READ, caller=caller, actor_id=reader.user_id, how="export")
    return await export_log(events, shown, MailingEventRead, options.format, columns=COLUMNS)
