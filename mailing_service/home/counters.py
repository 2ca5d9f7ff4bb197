"""The counts of the home page, kept in the memory of each process.

A reader gets what was counted a few seconds ago, and the first who finds that old has it counted
anew beside the answers: where many recipients have changed just now, that takes a while. A new
content revision drops what is kept: `vitrina mailing clear-cache` raises it, and every process sees
that with its next request.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple

from mailing_service.home.addresses import count_addresses
from mailing_service.models.mailings import Mailing, MailingStatus
from shared import clock
from shared.telemetry.metrics import Metrics

FRESH: Final = timedelta(seconds=10)
"""How long counts are shown without another look."""
USABLE: Final = timedelta(seconds=60)
"""How old counts may be that are shown while they are counted anew."""

logger = logging.getLogger(__name__)


class Counts(NamedTuple):
    """Mailings that are not deleted, those that run, and addresses that somebody writes to."""

    mailings: int
    active_mailings: int
    recipients: int


@dataclass(frozen=True, slots=True)
class _Kept:
    counts: Counts
    revision: str
    counted_at: float  # of clock.monotonic()

    @property
    def age(self) -> float:
        return clock.monotonic() - self.counted_at


class HomeCounters:
    """Counts for all who ask at the same time once.

    `hits` were served out of memory, `misses` had to be counted, `drops` were thrown away as the
    revision had risen.
    """

    def __init__(self) -> None:
        self.hits = self.misses = self.drops = 0
        self._kept: _Kept | None = None
        self._counting: tuple[str, asyncio.Task[Counts]] | None = None

    async def read(self, revision: str) -> Counts:
        """Return the counts, which were counted while the content had this revision."""
        kept = self._kept
        if kept is not None and kept.revision != revision:
            self.drops += 1
            kept = self._kept = None
        if kept is None or kept.age >= USABLE.total_seconds():
            self.misses += 1
            return await asyncio.shield(self._count(revision))
        self.hits += 1
        if kept.age >= FRESH.total_seconds():
            self._count(revision)
        return kept.counts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Leave nothing behind that still counts."""
        try:
            yield
        finally:
            if self._counting is not None:
                self._counting[1].cancel()
                await asyncio.wait([self._counting[1]])

    def show(self, metrics: Metrics) -> None:
        """Let metrics look at the counters."""
        text = "Counts of the home page: served out of memory, counted, and thrown away."
        for outcome, name in (("hit", "hits"), ("miss", "misses"), ("drop", "drops")):
            look = partial(getattr, self, name)
            metrics.watch("counter", "vitrina_home_counts", text, look, outcome=outcome)

    def _count(self, revision: str) -> asyncio.Task[Counts]:
        """Begin to count, unless that is under way."""
        if self._counting is not None and self._counting[0] == revision:
            return self._counting[1]
        task = asyncio.create_task(self._count_and_keep(revision))
        self._counting = revision, task
        task.add_done_callback(self._end)
        return task

    async def _count_and_keep(self, revision: str) -> Counts:
        began = clock.monotonic()
        counts = await count()
        self._kept = _Kept(counts, revision, began)
        return counts

    def _end(self, task: asyncio.Task[Counts]) -> None:
        if self._counting is not None and self._counting[1] is task:
            self._counting = None
        if not task.cancelled() and task.exception() is not None:
            logger.warning("counting for the home page failed", exc_info=task.exception())


async def count() -> Counts:
    """Count now."""
    mailings = Mailing.filter(deleted_at=None)
    return Counts(
        await mailings.count(),
        await mailings.filter(status=MailingStatus.RUNNING).count(),
        await count_addresses(),
    )
