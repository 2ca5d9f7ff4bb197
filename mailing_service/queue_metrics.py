"""How much waits to be sent, and for how long: what operators are woken by."""

from datetime import datetime, timedelta
from typing import Final

from prometheus_client import Gauge

from mailing_service.deliveries.transitions import OPEN
from mailing_service.models.deliveries import Delivery, DeliveryState, RunCount
from mailing_service.models.mailings import Run
from mailing_service.models.sending import SendingState
from mailing_service.sending.due import due_runs
from shared import clock
from shared.telemetry.metrics import Metrics

INTERVAL: Final = timedelta(seconds=15)
"""How often it is counted."""


class QueueMetrics:
    """The queue of all workers, as each of them shows it."""

    def __init__(self, metrics: Metrics, *, quota: int, news_within: timedelta) -> None:
        """Show them; what an owner's daily `quota` holds back is not due.

        Neither is anything without news of accounts: that has an alert of its own.
        """
        registry = metrics.registry
        self._quota, self._news_within = quota, news_within
        self._waiting = Gauge(
            "vitrina_deliveries_waiting", "Emails of runs that are being sent.", registry=registry
        )
        self._oldest = Gauge(
            "vitrina_delivery_age_seconds",
            "For how long the email has been due that has waited longest.",
            registry=registry,
        )
        self._held = Gauge(
            "vitrina_mailings_held",
            "1 where a restore or an operator has stopped all sending.",
            registry=registry,
        )

    async def count(self) -> None:
        """Look into the database."""
        self._held.set(await SendingState.exists(id=1, held_at__not_isnull=True))
        self._waiting.set(await _count_waiting())
        now = clock.now()
        due = await due_runs(now, quota=self._quota, news_within=self._news_within)
        since = [await _due_since(run.id, now) for run in due]
        self._oldest.set((now - min(since, default=now)).total_seconds())


async def _count_waiting() -> int:
    waiting = RunCount.filter(run__is_sending=True, state__in=sorted(OPEN), count__gt=0)
    return sum(row["count"] for row in await waiting.values("count"))


async def _due_since(run_id: int, now: datetime) -> datetime:
    """Return since when the first of a run's emails that are due could have been sent."""
    run = await Run.get(id=run_id)
    pending = Delivery.filter(run_id=run_id, state=DeliveryState.PENDING, next_try_at__lte=now)
    first = await pending.order_by("next_try_at").first()
    return max(first.next_try_at if first is not None else now, run.started_at or now)
