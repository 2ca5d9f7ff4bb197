"""Find deliveries of a mailing by the beginning of their address.

Up to 10,000 are found by the index on addresses and put in order here. Where there are more, they
are so many that walking the mailing's deliveries in order meets them soon.
"""

from math import ceil

from tortoise.queryset import QuerySet

from mailing_service.models.deliveries import Delivery
from shared.cursor_pages import Cursors, ListPage, ListQuery
from shared.database.counting import MAX_COUNTED


async def found_ids(rows: QuerySet[Delivery], mailing_id: int) -> list[int] | None:
    """Return the ids of what is found, the newest first; None where there are too many."""
    some = rows.filter(mailing_id=mailing_id).limit(MAX_COUNTED + 1)
    found = [row["id"] for row in await some.values("id")]
    return None if len(found) > MAX_COUNTED else sorted(found, reverse=True)


async def page_of(ids: list[int], query: ListQuery, cursors: Cursors) -> "ListPage[Delivery]":
    """Return the page of these deliveries; raises UnprocessableEntity for a cursor that is none."""
    seen = cursors.read(query)
    behind = ids[query.offset :] if seen is None else [one for one in ids if one < seen]
    chosen = behind[: query.size]
    return ListPage(
        items=await Delivery.filter(id__in=chosen).order_by("-id") if chosen else [],
        total=len(ids),
        total_is_capped=False,
        page=query.page if seen is None else None,
        size=query.size,
        pages=ceil(len(ids) / query.size),
        next_cursor=cursors.write(query, chosen[-1]) if len(behind) > query.size else None,
    )
