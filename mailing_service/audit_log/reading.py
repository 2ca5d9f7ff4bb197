"""Read the audit log; that it was read is an event, too."""

from collections.abc import Sequence
from uuid import UUID

from mailing_service.audit.service import MailingEvent, record
from mailing_service.audit_log.schemas import (
    AuditQuery,
    MailingEventPage,
    MailingEventRead,
)
from mailing_service.caller import Caller
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from shared.access.principal import Principal
from shared.audit_log.reading import as_read, ids_in, matching
from shared.cursor_pages import Cursors, read_page


async def list_events(
    query: AuditQuery, cursors: Cursors, *, reader: Principal, caller: Caller
) -> MailingEventPage:
    """Return one page, the newest first; what is asked for next by its cursor is older."""
    found = matching(AuditEvent.all(), query)
    page = await read_page(found, query, cursors, list)
    await record(MailingEvent.AUDIT_READ, caller=caller, actor_id=reader.user_id, how="page")
    return MailingEventPage(**{**dict(page), "items": await shown(page.items)})


async def shown(rows: Sequence[AuditEvent]) -> list[MailingEventRead]:
    """Return events as they are read, with the names that people have now."""
    people = ids_in(rows, "actor_id", "owner_id")
    return as_read(rows, MailingEventRead, await _names(people))


async def _names(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    named = Account.filter(id__in=ids).exclude(full_name="")
    return dict(await named.values_list("id", "full_name"))
