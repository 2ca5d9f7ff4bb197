"""Read the audit log; that it was read is an event too.

So that it is not in the way of those who read page after page, all pages show the log of the moment
at which the first of them was read, whatever has happened since.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

from auth_service.actor import Actor
from auth_service.audit.service import Event, record
from auth_service.audit_log.schemas import AuditEventRead, AuditPage, AuditQuery
from auth_service.models import AuditEvent, User
from shared import clock
from shared.audit_log.reading import as_read, ids_in, matching
from shared.database.counting import capped_count

STILL_READING = timedelta(hours=1)
"""After the first page; later the next ones are those of the log of then."""


async def list_events(query: AuditQuery, *, actor: Actor) -> AuditPage:
    """Return one page, the newest first, of the log as it was when its first page was read."""
    read = await record_reading(actor, "page", page=query.page)
    begun = read if query.page == 1 else await _begun(actor)
    found = matching(AuditEvent.all(), query).filter(id__lt=begun or read)
    rows = await found.order_by("-id").offset(query.offset).limit(query.size)
    count = await capped_count(found)
    return AuditPage(
        items=await shown(rows),
        total=count.total,
        total_is_capped=count.is_capped,
        page=query.page,
        size=query.size,
        pages=ceil(count.total / query.size),
    )


async def shown(rows: Sequence[AuditEvent]) -> list[AuditEventRead]:
    """Return events as they are read, with the names that people have now."""
    people = ids_in(rows, "actor_id", "subject_id")
    return as_read(rows, AuditEventRead, await _names(people))


async def _names(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    named = User.filter(id__in=ids).exclude(full_name="")
    return dict(await named.values_list("id", "full_name"))


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


async def record_reading(actor: Actor, how: str, **details: int) -> int:
    """Write down that the log was read, and return the id of that event."""
    more: dict[str, Any] = {"how": how, **details}
    return await record(
        Event.AUDIT_READ,
        caller=actor.caller,
        actor_id=actor.user_id,
        session_id=actor.session_id,
        **more,
    )
