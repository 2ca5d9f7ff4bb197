"""Leases on deliveries: taken many at a time, given back, and taken from workers that are lost."""

import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Function

from mailing_service.deliveries.moving import Moves, moving
from mailing_service.expressions import array, none_of, returned, typed
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.sending.buffer import Claimed
from shared import clock
from shared.database.statements import Slot, Statement


@cache
def _claim(*, of_domain: bool) -> Statement:
    """Return the statement that leases the next deliveries of each of some runs.

    PostgreSQL walks one index for each run and stops after a slice, so that neither many pending
    deliveries nor many runs make it slow.
    """

    def build() -> QueryBuilder:
        table = Delivery._meta.basetable
        candidate = table.as_("candidate")
        wanted: Any = PostgreSQLQuery.select(
            Function("unnest", array("runs", "bigint")).as_("run_id")
        ).as_("wanted")
        slice_: Any = PostgreSQLQuery.from_(candidate).select(candidate.id)
        slice_ = slice_.where(candidate.run_id == wanted.run_id)
        slice_ = slice_.where(candidate.state == DeliveryState.PENDING.value)
        slice_ = slice_.where(candidate.next_try_at <= typed("now", "timestamptz"))
        if of_domain:
            slice_ = slice_.where(candidate.domain == typed("domain", "text"))
        else:
            slice_ = slice_.where(none_of(candidate.domain, "excluded"))
        slice_ = slice_.orderby(candidate.next_try_at, candidate.id).limit(Slot("slice"))
        slice_ = slice_.for_update(skip_locked=True, no_key=True)
        ids = Function("unnest", Function("ARRAY", slice_)).as_("id")
        picked: Any = PostgreSQLQuery.from_(wanted).select(ids).as_("picked")
        statement: Any = PostgreSQLQuery.update(table).from_(picked)
        for name, value in {
            "state": DeliveryState.CLAIMED.value,
            "leased_by": typed("worker", "uuid"),
            "leased_until": typed("until", "timestamptz"),
            "changed_at": typed("now", "timestamptz"),
        }.items():
            statement = statement.set(name, value)
        statement = statement.where(table.id == picked.id)
        columns = (table.id, table.run_id, table.owner_id, table.domain)
        leased: QueryBuilder = statement.returning(*columns)
        return leased

    return Statement(build)


async def claim(
    runs: Sequence[int],
    *,
    slice_of_each: int,
    worker: UUID,
    until: datetime,
    excluded: Sequence[str] = (),
    domain: str | None = None,
) -> list[Claimed]:
    """Lease up to `slice_of_each` due deliveries of each run.

    They are to any domain but the `excluded`, or to `domain` alone.
    """
    values = {
        "runs": list(runs),
        "slice": slice_of_each,
        "worker": worker,
        "until": until,
        "now": clock.now(),
        **({"excluded": list(excluded)} if domain is None else {"domain": domain}),
    }
    async with moving(at_commit=True) as moves:
        rows = await _claim(of_domain=domain is not None).fetch(returned, **values)
        for row in rows:
            moves.count(row["run_id"], DeliveryState.PENDING, DeliveryState.CLAIMED)
    at = time.monotonic()
    return [Claimed(row["id"], row["run_id"], row["owner_id"], row["domain"], at) for row in rows]


async def give_back(deliveries: Sequence[Claimed], *, worker: UUID) -> None:
    """Let others claim them; no attempt is used."""
    if deliveries:
        async with moving(at_commit=True) as moves:
            await moves.these(
                [delivery.id for delivery in deliveries],
                DeliveryState.PENDING,
                before=[DeliveryState.CLAIMED],
                worker=worker,
            )


async def suppress(moves: Moves, ids: Sequence[int], *, reason: str, worker: UUID) -> None:
    """Have them get no email."""
    await moves.these(
        ids, DeliveryState.SUPPRESSED, before=[DeliveryState.CLAIMED], worker=worker, reason=reason
    )
