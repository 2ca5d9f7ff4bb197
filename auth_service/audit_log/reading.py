"""Read the audit log; that it was read is an event too.

So that it is not in the way of those who read page after page, all pages show the log of the moment
at which the first of them was read, whatever has happened since.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from tortoise.queryset import QuerySet

from auth_service.actor import Actor
from auth_service.audit.service import Event, record
from auth_service.audit_log.schemas import AuditEventRead, AuditFilter, AuditPage, AuditQuery
from auth_service.models import AuditEvent
from shared import clock

BATCH_SIZE = 500
"""Events that an export holds in memory at a time."""
STILL_READING = timedelta(hours=1)
"""After the first page; later the next ones are those of the log of then."""


async def list_events(query: AuditQuery, *, actor: Actor) -> AuditPage:
    """Return one page, the newest first, of the log as it was when its first page was read."""
    read = await _record_reading(actor, "page", page=query.page)
    begun = read if query.page == 1 else await _begun(actor)
    found = _matching(query).filter(id__lt=begun or read)
    rows = await found.order_by("-id").offset(query.offset).limit(query.size)
    items = [AuditEventRead.model_validate(row) for row in rows]
    return AuditPage.of(items, total=await found.count(), params=query)


async def export_events(chosen: AuditFilter, *, actor: Actor) -> AsyncIterator[bytes]:
    """Return the events of this moment as JSON lines, the oldest first, batch by batch.

    The first batch is read, and the reading written down, before this returns: what is wrong by
    then is an error and not half an answer.
    """
    newest = await _matching(chosen).order_by("-id").first()
    last = newest.id if newest else 0
    await _record_reading(actor, "export")
    return _lines(_matching(chosen).filter(id__lte=last))


async def _lines(events: QuerySet[AuditEvent]) -> AsyncIterator[bytes]:
    after = 0
    while rows := await events.filter(id__gt=after).order_by("id").limit(BATCH_SIZE):
        yield b"".join(_line(row) for row in rows)
        after = rows[-1].id


def _line(row: AuditEvent) -> bytes:
    return f"{AuditEventRead.model_validate(row).model_dump_json()}\n".encode()


def _matching(chosen: AuditFilter) -> QuerySet[AuditEvent]:
    exact = chosen.model_dump(include={"event", "subject_id", "actor_id", "succeeded"})
    events = AuditEvent.filter(**{name: v for name, v in exact.items() if v is not None})
    if chosen.since is not None:
        events = events.filter(at__gte=chosen.since)
    if chosen.until is not None:
        events = events.filter(at__lt=chosen.until)
    return events


async def _begun(actor: Actor) -> int | None:
    """Return the event of the first page that this session has read lately."""
    first = AuditEvent.filter(
        event=Event.AUDIT_READ.value,
        actor_id=actor.user_id,
        session_id=actor.session_id,
        at__gt=clock.now() - STILL_READING,
        details__contains={"page": 1},
    )
    newest = await first.order_by("-id").first()
    return newest.id if newest else None


async def _record_reading(actor: Actor, how: str, **details: int) -> int:
    more: dict[str, Any] = {"how": how, **details}
    return await record(
        Event.AUDIT_READ,
        caller=actor.caller,
        actor_id=actor.user_id,
        session_id=actor.session_id,
        **more,
    )
