"""The only way in which a delivery changes its state: many at a time, and counted.

A move is a conditional UPDATE: it moves what is in the expected state at that moment, and nothing
else. The counts of the runs change in the same transaction. Deliveries are locked in the order of
their ids, counts last and in the order of runs, states and hours; so no two transactions wait for
each other.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder, Table
from pypika_tortoise.terms import Criterion
from tortoise.transactions import in_transaction

from mailing_service.deliveries.counting import count_at_commit, count_attempts, count_moves
from mailing_service.deliveries.transitions import may_become
from mailing_service.expressions import any_of, returned, typed
from mailing_service.models.deliveries import AttemptOutcome, Delivery, DeliveryState
from mailing_service.models.mailings import Run
from shared import clock
from shared.database.statements import Rows, Slot, Statement

_LOST_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that has moved, and from where."""

    id: int
    run_id: int
    before: DeliveryState


class Moves:
    """The moves of one transaction, better one alone; their counts are written at its end."""

    def __init__(self) -> None:
        self._states: Counter[tuple[int, DeliveryState]] = Counter()
        self._attempts: Counter[tuple[int, datetime, AttemptOutcome]] = Counter()

    async def these(
        self,
        ids: Sequence[int],
        to: DeliveryState,
        *,
        before: Iterable[DeliveryState],
        reason: str | None = None,
        worker: UUID | None = None,
        until: datetime | None = None,
    ) -> list[Moved]:
        """Move those of `ids` that are in a state of `before`, and leased by `worker` if given.

        Their leases end, or last `until` then; what becomes pending may be claimed as before.
        """
        statement = _these(is_leased=worker is not None, stays_leased=until is not None)
        rows = await statement.fetch(
            returned,
            ids=list(ids),
            states=_expected(before, to),
            worker=worker,
            until=until,
            to=to.value,
            reason=reason,
            now=clock.now(),
        )
        return self.moved(rows, to)

    async def lost(self, now: datetime, to: DeliveryState, *, before: DeliveryState) -> list[Moved]:
        """Move some deliveries whose lease ran out before `now`; those that are locked wait."""
        _expected([before], to)
        rows = await _lost(before).fetch(
            returned, now=now, to=to.value, reason=None, limit=_LOST_AT_A_TIME
        )
        return self.moved(rows, to)

    async def of_run(
        self,
        run_id: int,
        to: DeliveryState,
        *,
        before: DeliveryState,
        reason: str | None = None,
        limit: int = 10_000,
    ) -> int:
        """Move up to `limit` deliveries of a run that are in the state `before`; return how many.

        What becomes pending is due now. A run of a million is moved in several transactions,
        as no statement may take long: call it until it returns less than `limit`.
        """
        _expected([before], to)
        rows = await _of_run(before, is_due=to is DeliveryState.PENDING).fetch(
            returned, run_id=run_id, limit=limit, to=to.value, reason=reason, now=clock.now()
        )
        return len(self.moved(rows, to))

    def count(self, run_id: int, before: DeliveryState, to: DeliveryState) -> None:
        """Count a delivery that another statement of this transaction has moved."""
        self._states[run_id, before] -= 1
        self._states[run_id, to] += 1

    def moved(self, rows: Rows, to: DeliveryState) -> list[Moved]:
        """Count what a statement of `moving_statement` has moved."""
        moved = [Moved(row["id"], row["run_id"], DeliveryState(row["state"])) for row in rows]
        for delivery in moved:
            self.count(delivery.run_id, delivery.before, to)
        return moved

    def attempted(self, run_id: int, at: datetime, outcome: AttemptOutcome) -> None:
        """Count an attempt."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        self._attempts[run_id, hour, outcome] += 1

    async def write_counts(self, *, at_commit: bool) -> None:
        """Write the counts; nothing else may be locked after it."""
        if at_commit:
            await count_at_commit(self._states, self._attempts)
            return
        await count_attempts(self._attempts)
        await count_moves(self._states)


@asynccontextmanager
async def moving(*, at_commit: bool = False) -> AsyncIterator[Moves]:
    """Open a transaction, or a part of the one there is, whose last statements are the counts.

    A use case that has a transaction of its own does this last in it. With `at_commit` PostgreSQL
    writes the counts when it commits: others wait for them no longer than that takes.
    """
    async with in_transaction():
        moves = Moves()
        yield moves
        await moves.write_counts(at_commit=at_commit)


def moving_statement(
    picked: QueryBuilder, *, leased: bool = False, is_due: bool = False
) -> QueryBuilder:
    """Return the UPDATE of the deliveries that `picked` locks, with the slots to, reason and now.

    `picked` gives id, run_id and state. With `leased` the slots worker and until say who has them
    and for how long; else nobody has. With `is_due` they may be claimed from now on.
    """
    table = Delivery._meta.basetable
    old = picked.as_("old")
    statement: Any = PostgreSQLQuery.update(table).from_(old)
    values = {
        "state": typed("to", "text"),
        "state_reason": typed("reason", "text"),
        "leased_by": typed("worker", "uuid") if leased else None,
        "leased_until": typed("until", "timestamptz") if leased else None,
        "changed_at": typed("now", "timestamptz"),
        **({"next_try_at": typed("now", "timestamptz")} if is_due else {}),
    }
    for name, value in values.items():
        statement = statement.set(name, value)
    statement = statement.where(table.id == old.id)
    moved: QueryBuilder = statement.returning(old.id, old.run_id, old.state)
    return moved


def locking(
    criterion: Criterion, *, limit: Slot | None = None, skip_locked: bool = False
) -> QueryBuilder:
    """Return the query that locks the deliveries of a criterion in the order of their ids."""
    table: Table = Delivery._meta.basetable
    query = PostgreSQLQuery.from_(table).select(table.id, table.run_id, table.state)
    query = query.where(criterion).orderby(table.id)
    if limit is not None:
        query = query.limit(limit)
    locked: QueryBuilder = query.for_update(no_key=True, skip_locked=skip_locked)
    return locked


@cache
def _these(*, is_leased: bool, stays_leased: bool) -> Statement:
    def build() -> QueryBuilder:
        table = Delivery._meta.basetable
        criterion = any_of(table.id, "ids") & any_of(table.state, "states", "text")
        if is_leased:
            criterion &= table.leased_by == Slot("worker")
        return moving_statement(locking(criterion), leased=stays_leased)

    return Statement(build)


@cache
def _of_run(before: DeliveryState, *, is_due: bool) -> Statement:
    def build() -> QueryBuilder:
        table = Delivery._meta.basetable
        run = Run._meta.basetable
        mailing = PostgreSQLQuery.from_(run).select(run.mailing_id).where(run.id == Slot("run_id"))
        # The mailing is there for the index, which has a state's deliveries in the order of ids.
        criterion = table.mailing_id == mailing
        criterion &= (table.state == before.value) & (table.run_id == Slot("run_id"))
        return moving_statement(locking(criterion, limit=Slot("limit")), is_due=is_due)

    return Statement(build)


@cache
def _lost(before: DeliveryState) -> Statement:
    def build() -> QueryBuilder:
        table = Delivery._meta.basetable
        criterion = (table.state == before.value) & (table.leased_until < Slot("now"))
        return moving_statement(locking(criterion, limit=Slot("limit"), skip_locked=True))

    return Statement(build)


def _expected(before: Iterable[DeliveryState], to: DeliveryState) -> list[str]:
    states = sorted(before)
    if wrong := [state.value for state in states if not may_become(state, to)]:
        message = f"no delivery becomes {to.value} from {', '.join(wrong)}"
        raise ValueError(message)
    return [state.value for state in states]
