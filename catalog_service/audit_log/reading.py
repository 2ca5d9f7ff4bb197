"""Read the audit log; that it was read is an event, too."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from catalog_service.audit.service import CatalogEvent, event_of, record
from catalog_service.audit_log.schemas import (
    AuditFilter,
    AuditQuery,
    CatalogEventPage,
    CatalogEventRead,
)
from catalog_service.buyers.service import names_of
from catalog_service.models import AuditEvent, Product
from shared.audit_log.reading import as_read, ids_in, matching
from shared.cursor_pages import Cursors, read_page

_RAREST_FIRST = ("order_id", "product_id", "actor_id")
"""Columns that have an index with the id; the fewest events are about one order."""


async def list_events(query: AuditQuery, cursors: Cursors, *, reader_id: UUID) -> CatalogEventPage:
    """Return one page, the newest first; what is asked for next by its cursor is older."""
    found = matching(AuditEvent.all(), query)
    page = await read_page(found, query, cursors, list, within=_column_of(query))
    await record_reading(reader_id, "page")
    return CatalogEventPage(**{**dict(page), "items": await shown(page.items)})


async def shown(rows: Sequence[AuditEvent]) -> list[CatalogEventRead]:
    """Return events as they are read, with the names that people and products have now."""
    people, products = ids_in(rows, "actor_id"), ids_in(rows, "product_id")
    names: dict[Any, str] = dict(await names_of(people)) if people else {}
    if products:
        names |= dict(await Product.filter(id__in=products).values_list("id", "name"))
    return as_read(rows, CatalogEventRead, names)


async def record_reading(reader_id: UUID, how: str) -> None:
    """Write down that the log was read."""
    await record(event_of(CatalogEvent.AUDIT_READ, actor_id=reader_id, details={"how": how}))


def _column_of(query: AuditFilter) -> Mapping[str, object] | None:
    """Return the column, and its value, by whose index the page is found."""
    for column in _RAREST_FIRST:
        if (value := getattr(query, column)) is not None:
            return {column: value}
    return None
