"""How many deliveries of a run are in a state, and how many attempts ended how in an hour."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.terms import Parameter
from tortoise.connection import get_connection

from mailing_service.models.deliveries import (
    AttemptOutcome,
    CountChange,
    DeliveryState,
    HourCount,
    RunCount,
)


async def open_counts(run_id: int, *, pending: int = 0, suppressed: int = 0) -> None:
    """Give a new run its counts: of pending and suppressed deliveries, and none in other states.

    Part of the transaction that writes the deliveries.
    """
    counts = {DeliveryState.PENDING: pending, DeliveryState.SUPPRESSED: suppressed}
    await RunCount.bulk_create(
        RunCount(run_id=run_id, state=state, count=counts.get(state, 0)) for state in DeliveryState
    )


StateChanges = Mapping[tuple[int, DeliveryState], int]
"""Deliveries by run and state."""
Attempts = Mapping[tuple[int, datetime, AttemptOutcome], int]
"""By run, hour and outcome."""


async def count_at_commit(changes: StateChanges, attempts: Attempts) -> None:
    """Have both added when the transaction commits; until then it does not see them itself."""
    states = [(key, by) for key, by in sorted(changes.items()) if by]
    hours = sorted(attempts.items())
    if states or hours:
        await CountChange.create(
            run_ids=[run_id for (run_id, _), _ in states],
            states=[state.value for (_, state), _ in states],
            deliveries=[by for _, by in states],
            hour_run_ids=[run_id for (run_id, _, _), _ in hours],
            hours=[hour for (_, hour, _), _ in hours],
            outcomes=[outcome.value for (_, _, outcome), _ in hours],
            attempts=[by for _, by in hours],
        )


async def count_moves(changes: StateChanges) -> None:
    """Add to the counts of runs and states, in their order, in one round trip."""
    rows = [[by, run_id, state.value] for (run_id, state), by in sorted(changes.items()) if by]
    if rows:
        await get_connection("default").execute_many(_add_to_states(), rows)


async def count_attempts(attempts: Attempts) -> None:
    """Add to the counts of hours, likewise."""
    rows = [
        [run_id, hour, outcome.value, by]
        for (run_id, hour, outcome), by in sorted(attempts.items())
    ]
    if rows:
        await get_connection("default").execute_many(_add_to_hours(), rows)


@cache
def _add_to_states() -> str:
    table = RunCount._meta.basetable
    query = PostgreSQLQuery.update(table).set("count", table.count + Parameter("$1"))
    query = query.where((table.run_id == Parameter("$2")) & (table.state == Parameter("$3")))
    return query.get_sql()


@cache
def _add_to_hours() -> str:
    table = HourCount._meta.basetable
    query = PostgreSQLQuery.into(table).columns("run_id", "hour", "outcome", "count")
    query = query.insert(*(Parameter(f"${number}") for number in range(1, 5)))
    query = query.on_conflict("run_id", "hour", "outcome")
    return query.do_update("count", table.count + Parameter("$4")).get_sql()
