"""What workers write: results with their attempts, and what is about to be sent.

Both are one transaction, in batches: a delivery is `sending` before MAIL is said for it, and its
result, its attempt and all counts become visible together.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.functions import Coalesce
from pypika_tortoise.queries import QueryBuilder

from mailing_service.deliveries.moving import Moves
from mailing_service.expressions import returned, typed, unnested
from mailing_service.models.deliveries import Attempt, AttemptOutcome, Delivery, DeliveryState
from mailing_service.sending.lookups import Permit
from mailing_service.sending.retries import Backoff
from mailing_service.sending.verdicts import Verdict, is_kept_back, verdict_on
from shared import clock
from shared.database.statements import Statement
from shared.smtp.outcomes import Outcome

LOST_WORKER = "The worker was lost while it sent this email."


@dataclass(frozen=True, slots=True)
class Finished:
    """A delivery that was sending, and what came of it."""

    permit: Permit
    outcome: Outcome
    server: str
    at: datetime
    """When it began."""

    @property
    def verdict(self) -> Verdict:
        """Return what becomes of it."""
        return verdict_on(self.outcome)


async def settle(
    moves: Moves, finished: Sequence[Finished], *, worker: UUID, backoff: Backoff
) -> None:
    """Write results of this worker; a delivery that it no longer leases stays as it is.

    So writing them again, after a commit whose reply was lost, changes nothing.
    """
    if not finished:
        return
    rows = [_result(result, backoff) for result in sorted(finished, key=lambda one: one.permit.id)]
    moved = await _settle().fetch(
        returned,
        worker=worker,
        now=clock.now(),
        **{name: [row[name] for row in rows] for name in _RESULT},
    )
    for row in moved:
        moves.count(row["run_id"], DeliveryState.SENDING, DeliveryState(row["state"]))
    settled = {row["id"] for row in moved}
    await _write_attempts(moves, [one for one in finished if one.permit.id in settled])


async def settle_lost(moves: Moves) -> None:
    """Give free what lost workers had claimed; what they were sending is uncertain."""
    now = clock.now()
    await moves.lost(now, DeliveryState.PENDING, before=DeliveryState.CLAIMED)
    lost = await moves.lost(now, DeliveryState.UNCERTAIN, before=DeliveryState.SENDING)
    if lost:
        ids = [delivery.id for delivery in lost]
        await _insert_attempts(
            delivery_id=ids,
            at=[now] * len(ids),
            outcome=[AttemptOutcome.UNCERTAIN.value] * len(ids),
            code=[None] * len(ids),
            response=[LOST_WORKER] * len(ids),
            duration_ms=[0] * len(ids),
            server=[""] * len(ids),
        )
        for delivery in lost:
            moves.attempted(delivery.run_id, now, AttemptOutcome.UNCERTAIN)


async def forget_unknown(
    moves: Moves, *, worker: UUID, known: Collection[int], ready: Collection[int]
) -> None:
    """Give free what is leased to this worker without its knowledge.

    A commit whose reply was lost leaves such: nothing was said to a mail server for them, as the
    worker knows what it has under way, and what is `ready` to be begun.
    """
    rows = await Delivery.filter(leased_by=worker, leased_until__isnull=False).values("id", "state")
    for state, mine in (DeliveryState.SENDING, known), (DeliveryState.CLAIMED, ready):
        ids = [row["id"] for row in rows if row["state"] == state and row["id"] not in mine]
        if ids:
            await moves.these(ids, DeliveryState.PENDING, before=[state], worker=worker)


def unused_quota(finished: Iterable[Finished]) -> Counter[UUID]:
    """Count the emails that owners get back, as they were not sent."""
    return Counter(
        result.permit.owner_id
        for result in finished
        if result.permit.has_quota and not result.verdict.counts_in_quota
    )


_RESULT = {
    "id": "bigint",
    "to": "text",
    "used": "integer",
    "code": "integer",
    "response": "text",
    "next_try_at": "timestamptz",
}


def _result(finished: Finished, backoff: Backoff) -> dict[str, Any]:
    outcome, verdict = finished.outcome, finished.verdict
    said = verdict.attempt is not None
    return {
        "id": finished.permit.id,
        "to": verdict.state.value,
        "used": int(verdict.uses_attempt),
        "code": outcome.code,
        "response": (outcome.text or outcome.cause) if said else None,
        "next_try_at": _next_try(finished, backoff),
    }


def _next_try(finished: Finished, backoff: Backoff) -> datetime | None:
    if finished.verdict.state is not DeliveryState.PENDING or is_kept_back(finished.outcome):
        return None
    if finished.verdict.uses_attempt:
        return clock.now() + backoff.wait_after(finished.permit.attempts + 1)
    return clock.now() + backoff.wait_without_attempt()


@cache
def _settle() -> Statement:
    def build() -> QueryBuilder:
        table = Delivery._meta.basetable
        result = unnested("result", **_RESULT)
        statement: Any = PostgreSQLQuery.update(table).from_(result)
        for name, value in {
            "state": result.to,
            "attempts": table.attempts + result.used,
            "code": Coalesce(result.code, table.code),
            "response": Coalesce(result.response, table.response),
            "next_try_at": Coalesce(result.next_try_at, table.next_try_at),
            "leased_by": None,
            "leased_until": None,
            "changed_at": typed("now", "timestamptz"),
        }.items():
            statement = statement.set(name, value)
        statement = statement.where(table.id == result.id)
        statement = statement.where(table.state == DeliveryState.SENDING.value)
        statement = statement.where(table.leased_by == typed("worker", "uuid"))
        settled: QueryBuilder = statement.returning(table.id, table.run_id, table.state)
        return settled

    return Statement(build)


async def _write_attempts(moves: Moves, finished: Sequence[Finished]) -> None:
    kept = [(one, one.verdict.attempt) for one in finished if one.verdict.attempt is not None]
    if not kept:
        return
    await _insert_attempts(
        delivery_id=[one.permit.id for one, _ in kept],
        at=[one.at for one, _ in kept],
        outcome=[outcome.value for _, outcome in kept],
        code=[one.outcome.code for one, _ in kept],
        response=[one.outcome.text or one.outcome.cause for one, _ in kept],
        duration_ms=[round(one.outcome.duration.total_seconds() * 1000) for one, _ in kept],
        server=[one.server for one, _ in kept],
    )
    for one, outcome in kept:
        moves.attempted(one.permit.run_id, one.at, outcome)


_ATTEMPT = {
    "delivery_id": "bigint",
    "at": "timestamptz",
    "outcome": "text",
    "code": "integer",
    "response": "text",
    "duration_ms": "integer",
    "server": "text",
}


async def _insert_attempts(**columns: Sequence[Any]) -> None:
    await _attempts().fetch(returned, **columns)


@cache
def _attempts() -> Statement:
    def build() -> QueryBuilder:
        new = unnested("new", **_ATTEMPT)
        query: Any = PostgreSQLQuery.into(Attempt._meta.basetable).columns(*_ATTEMPT).from_(new)
        inserted: QueryBuilder = query.select(*(getattr(new, name) for name in _ATTEMPT))
        return inserted

    return Statement(build)
