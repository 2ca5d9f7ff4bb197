"""Counts of deliveries and attempts, read from counters that change with what they count.

What is shown together is read by one statement: so the whole is the sum of its parts.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.functions import Sum

from mailing_service.deliveries.access import Reader, see
from mailing_service.errors import MailingNotFound
from mailing_service.messages.service import find_message
from mailing_service.models.deliveries import AttemptOutcome, DeliveryState, HourCount, RunCount
from mailing_service.models.mailings import Run
from mailing_service.statistics.schemas import Counts, HourRead, RunRead, RunStatistics, Statistics

SHOWN_RUNS = 100
SHOWN_HOURS = 744
_OF_RUN = ("id", "mailing_id", "number", "starts_at", "ends_at", "started_at", "finished_at")


async def statistics_of_mailing(mailing_id: int, *, reader: Reader) -> RunStatistics:
    """Return those of a mailing that `reader` may see; raises MailingNotFound."""
    if await see(mailing_id, reader=reader, full_addresses=False) is None:
        raise MailingNotFound
    return await _of_runs({"mailing_id": mailing_id})


async def statistics_of_message(message_id: int, *, owner_id: UUID) -> RunStatistics:
    """Return those of all runs that began with a message; raises MessageNotFound."""
    await find_message(message_id, owner_id=owner_id)
    return await _of_runs({"message_id": message_id, "owner_id": owner_id})


async def statistics_of_owner(owner_id: UUID) -> Statistics:
    """Return those of all runs of an owner."""
    summed = RunCount.filter(run__owner_id=owner_id).annotate(deliveries=Sum("count"))
    rows = await summed.group_by("state").values("state", "deliveries")
    counts = {DeliveryState(row["state"]): int(row["deliveries"]) for row in rows}
    return Statistics(
        deliveries=sum(counts.values()),
        counts=_complete(counts),
        hours=await _hours({"owner_id": owner_id}),
    )


async def _of_runs(chosen: Mapping[str, Any]) -> RunStatistics:
    rows = await RunCount.filter(count__gt=0, **_through_run(chosen)).values(
        "run_id", "state", "count"
    )
    total: Counter[DeliveryState] = Counter()
    by_run: dict[int, Counts] = {}
    for row in rows:
        state = DeliveryState(row["state"])
        total[state] += row["count"]
        by_run.setdefault(row["run_id"], {})[state] = row["count"]
    runs = await Run.filter(**chosen).order_by("-id").limit(SHOWN_RUNS).values(*_OF_RUN)
    return RunStatistics(
        deliveries=total.total(),
        counts=_complete(total),
        runs=[RunRead(**run, counts=_complete(by_run.get(run["id"], {}))) for run in runs],
        hours=await _hours(chosen),
    )


async def _hours(chosen: Mapping[str, Any]) -> list[HourRead]:
    summed = HourCount.filter(**_through_run(chosen)).annotate(attempts=Sum("count"))
    grouped = summed.group_by("hour", "outcome").order_by("-hour")
    rows = await grouped.limit(SHOWN_HOURS * len(AttemptOutcome)).values(
        "hour", "outcome", "attempts"
    )
    hours: dict[Any, dict[AttemptOutcome, int]] = {}
    for row in rows:
        outcomes = hours.setdefault(row["hour"], dict.fromkeys(AttemptOutcome, 0))
        outcomes[AttemptOutcome(row["outcome"])] = int(row["attempts"])
    newest = list(hours.items())[:SHOWN_HOURS]
    return [HourRead(hour=hour, attempts=attempts) for hour, attempts in reversed(newest)]


def _through_run(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {f"run__{name}": value for name, value in chosen.items()}


def _complete(counts: Mapping[DeliveryState, int]) -> Counts:
    """Return a number for each state, in the order of the states."""
    return {state: counts.get(state, 0) for state in DeliveryState}
