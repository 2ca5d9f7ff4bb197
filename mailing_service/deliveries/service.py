"""Who got an email of a mailing, who did not, and why."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from mailing_service.deliveries.access import Reader, Sight, record_reading, see
from mailing_service.deliveries.schemas import (
    AttemptRead,
    BounceRead,
    DeliveryDetails,
    DeliveryExportOptions,
    DeliveryLine,
    DeliveryPage,
    DeliveryQuery,
    DeliveryRead,
)
from mailing_service.deliveries.searching import found_ids, page_of
from mailing_service.errors import DeliveryNotFound, MailingNotFound
from mailing_service.models.bounces import Bounce, BounceKind
from mailing_service.models.deliveries import Attempt, Delivery, DeliveryState, RunCount
from shared.cursor_pages import Cursors, ListPage, newest_first, read_page
from shared.database.counting import MAX_COUNTED, CappedCount
from shared.errors import Forbidden
from shared.transfer.exporting import BATCH, Rows, export_rows

SHOWN_ATTEMPTS = 100
Bounces = dict[int, BounceKind]


async def list_deliveries(
    mailing_id: int, query: DeliveryQuery, cursors: Cursors, *, reader: Reader
) -> DeliveryPage:
    """Return one page, the newest first.

    Raises MailingNotFound, and Forbidden for staff who ask for what they may not see, or search by
    it: a search would show an address letter by letter.
    """
    sight = await _see(mailing_id, reader, full_addresses=query.full_addresses)
    if query.q is not None and not sight.has_addresses:
        raise Forbidden
    page = await _page(mailing_id, query, cursors)
    await record_reading(sight, reader=reader, how="page")
    bounces = await _bounces_of(page.items)
    items = [_shown(row, sight, bounces) for row in page.items]
    return DeliveryPage(**{**dict(page), "items": items})


async def read_delivery(
    delivery_id: int, *, reader: Reader, full_addresses: bool
) -> DeliveryDetails:
    """Return a delivery with its attempts; raises DeliveryNotFound, and Forbidden as above."""
    delivery = await Delivery.get_or_none(id=delivery_id)
    if delivery is None:
        raise DeliveryNotFound
    sight = await see(delivery.mailing_id, reader=reader, full_addresses=full_addresses)
    if sight is None:
        raise DeliveryNotFound
    await record_reading(sight, reader=reader, how="delivery")
    attempts = await newest_first(Attempt.all(), {"delivery_id": delivery_id}).limit(SHOWN_ATTEMPTS)
    bounces = await Bounce.filter(delivery_id=delivery_id).order_by("-id").limit(SHOWN_ATTEMPTS)
    return DeliveryDetails(
        **dict(_shown(delivery, sight, _worst(bounces))),
        attempts=[_attempt(row, delivery.email, sight) for row in attempts],
        bounces=[BounceRead.model_validate(row) for row in bounces],
    )


async def export_deliveries(
    mailing_id: int, options: DeliveryExportOptions, *, reader: Reader
) -> AsyncIterator[bytes]:
    """Return all of a mailing's deliveries as a file, the newest first, batch by batch.

    The first batch is read before this returns. Raises MailingNotFound and Forbidden.
    """
    sight = await _see(mailing_id, reader, full_addresses=options.full_addresses)
    await record_reading(sight, reader=reader, how="export")
    within = _within(mailing_id, options.state)

    async def rows_after(last: int | None) -> Rows:
        rows = await newest_first(_in_state(options.state), within, behind=last).limit(BATCH)
        bounces = await _bounces_of(rows)
        return [_columns(row, sight, bounces) for row in rows]

    return await export_rows(rows_after, DeliveryLine, options.format)


async def _see(mailing_id: int, reader: Reader, *, full_addresses: bool) -> Sight:
    sight = await see(mailing_id, reader=reader, full_addresses=full_addresses)
    if sight is None:
        raise MailingNotFound
    return sight


async def _page(mailing_id: int, query: DeliveryQuery, cursors: Cursors) -> "ListPage[Delivery]":
    rows = _in_state(query.state)
    within = _within(mailing_id, query.state)
    if query.q is None:
        count = await _count(mailing_id, query.state)
        return await read_page(rows, query, cursors, list, within=within, count=count)
    rows = rows.filter(email__istartswith=query.q)
    ids = await found_ids(rows, mailing_id)
    if ids is not None:
        return await page_of(ids, query, cursors)
    many = CappedCount(MAX_COUNTED, is_capped=True)
    return await read_page(rows, query, cursors, list, within=within, count=many)


def _in_state(state: DeliveryState | None) -> QuerySet[Delivery]:
    return Delivery.all() if state is None else Delivery.filter(state=state)


def _within(mailing_id: int, state: DeliveryState | None) -> dict[str, object]:
    """Return the columns of the index that has them in order."""
    mailing: dict[str, object] = {"mailing_id": mailing_id}
    return mailing if state is None else {**mailing, "state": state.value}


async def _count(mailing_id: int, state: DeliveryState | None) -> CappedCount:
    """Return how many there are, which the counts of the runs say."""
    counts = RunCount.filter(run__mailing_id=mailing_id)
    if state is not None:
        counts = counts.filter(state=state)
    summed = counts.annotate(deliveries=Sum("count")).group_by("run__mailing_id")
    rows = await summed.values("run__mailing_id", "deliveries")
    return CappedCount(sum(int(row["deliveries"]) for row in rows), is_capped=False)


async def _bounces_of(deliveries: Sequence[Delivery]) -> Bounces:
    ids = [row.id for row in deliveries]
    return _worst(await Bounce.filter(delivery_id__in=ids)) if ids else {}


def _worst(bounces: Sequence[Bounce]) -> Bounces:
    soft_first = sorted(bounces, key=lambda one: one.kind is BounceKind.HARD)
    return {one.delivery_id: one.kind for one in soft_first}


def _columns(row: Delivery, sight: Sight, bounces: Bounces) -> dict[str, Any]:
    return {
        "id": row.id,
        "run_id": row.run_id,
        "email": sight.email(row.email),
        "state": row.state,
        "state_reason": row.state_reason,
        "attempts_used": row.attempts,
        "code": row.code,
        "response": sight.response(row.response, row.email),
        "bounced": bounces.get(row.id),
        "changed_at": row.changed_at,
    }


def _shown(row: Delivery, sight: Sight, bounces: Bounces) -> DeliveryRead:
    waits = row.state is DeliveryState.PENDING and row.attempts > 0
    return DeliveryRead(
        **_columns(row, sight, bounces),
        mailing_id=row.mailing_id,
        recipient_id=row.recipient_id if sight.is_own else None,
        next_try_at=row.next_try_at if waits else None,
    )


def _attempt(row: Attempt, email: str | None, sight: Sight) -> AttemptRead:
    shown = AttemptRead.model_validate(row)
    response = sight.response(shown.response, email) or ""
    return shown.model_copy(update={"response": response})
