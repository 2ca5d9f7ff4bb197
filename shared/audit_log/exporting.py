"""Give an audit log away as a file, batch by batch."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from tortoise.queryset import QuerySet

from shared.audit_log.reading import EventT, ReadT
from shared.transfer.exporting import Rows, export_rows
from shared.transfer.formats import FileFormat

BATCH_SIZE = 500
"""Events that an export holds in memory at a time."""

Show = Callable[[Sequence[EventT]], Awaitable[list[ReadT]]]
"""Returns events as they are read, with the names that people have now."""


async def of_this_moment(events: QuerySet[EventT]) -> QuerySet[EventT]:
    """Return those of `events` that are there now, the oldest first, without what comes later."""
    newest = await events.order_by("-id").first()
    return events.filter(id__lte=newest.pk if newest else 0).order_by("id")


async def export_log(
    events: QuerySet[EventT],
    show: Show[EventT, ReadT],
    schema: type[ReadT],
    kind: FileFormat,
    *,
    columns: Sequence[str],
) -> AsyncIterator[bytes]:
    """Return events, which are in the order of their ids, as a file; `columns` are those of CSV.

    The first batch is read before this returns: what is wrong by then is an error and not half a
    response.
    """
    row = _as_text if kind is FileFormat.CSV else dict

    async def rows_after(last: int | None) -> Rows:
        batch = events if last is None else events.filter(id__gt=last)
        return [row(event) for event in await show(await batch.limit(BATCH_SIZE))]

    return await export_rows(rows_after, schema, kind, columns=columns)


def _as_text(event: ReadT) -> dict[str, Any]:
    return event.model_dump(mode="json")
