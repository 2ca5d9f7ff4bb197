"""Read the audit log; that it was read is an event, too."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tortoise.queryset import QuerySet

from mailing_service.audit.service import MailingEvent, record
from mailing_service.audit_log.schemas import (
    AuditFilter,
    AuditQuery,
    MailingEventPage,
    MailingEventRead,
)
from mailing_service.caller import Caller
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from shared.cursor_pages import Cursors, read_page
from shared.principal import Principal

_STORED = frozenset(MailingEventRead.model_fields) - {"actor_name", "owner_name"}


async def list_events(
    query: AuditQuery, cursors: Cursors, *, reader: Principal, caller: Caller
) -> MailingEventPage:
    """Return one page, the newest first; what is asked for next by its cursor is older."""
    found = matching(query)
    page = await read_page(found, query, cursors, list)
    await record(MailingEvent.AUDIT_READ, caller=caller, actor_id=reader.user_id, how="page")
    return MailingEventPage(**{**dict(page), "items": await shown(page.items)})


async def shown(rows: Sequence[AuditEvent]) -> list[MailingEventRead]:
    """Return events as they are read, with the names that people have now."""
    ids = {person for row in rows for person in (row.actor_id, row.owner_id) if person}
    names = await _names(ids)
    return [_shown(row, names) for row in rows]


async def _names(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    named = Account.filter(id__in=ids).exclude(full_name="")
    return dict(await named.values_list("id", "full_name"))


def _shown(row: AuditEvent, names: Mapping[UUID, str]) -> MailingEventRead:
    return MailingEventRead(
        **{name: getattr(row, name) for name in _STORED},
        actor_name=names.get(row.actor_id) if row.actor_id else None,
        owner_name=names.get(row.owner_id) if row.owner_id else None,
    )


def matching(chosen: AuditFilter) -> QuerySet[AuditEvent]:
    """Return the events that are asked for."""
    exact = chosen.model_dump(include={"event", "actor_id", "owner_id", "mailing_id"})
    events = AuditEvent.filter(**{name: v for name, v in exact.items() if v is not None})
    if chosen.since is not None:
        events = events.filter(at__gte=chosen.since)
    if chosen.until is not None:
        events = events.filter(at__lt=chosen.until)
    return events
