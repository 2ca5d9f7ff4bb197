"""Keeps a worker supplied: it claims about as much as is sent in a second, fair to all owners."""

import time
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from mailing_service.sending.buffer import Buffer, Claimed
from mailing_service.sending.claims import claim, give_back
from mailing_service.sending.due import DueRun, Turns, due_runs
from mailing_service.sending.limits.domains import Domains
from shared import clock
from shared.http.tracing import work

if TYPE_CHECKING:
    from shared.http.spans import Spans

_LOOK_EVERY = 0.5
"""Seconds between two looks at what is due."""
_FADING = 0.93
"""By each look: half in five seconds."""
_MOST_RUNS = 32
"""Runs that one statement claims of."""
_MOST_READY = 500
_BUSY_FOR = 30.0
"""Seconds for which a domain that had too many is claimed for by itself."""
_BUSY_AT_A_TIME = 8


class Claimer:
    """Fills the buffer of one worker."""

    def __init__(
        self,
        worker: UUID,
        buffer: Buffer,
        domains: Domains,
        *,
        least: int,
        quota: int,
        news_within: timedelta,
        spans: "Spans | None" = None,
    ) -> None:
        self._worker = worker
        self._buffer = buffer
        self._domains = domains
        self._least = self._target = least
        self._quota = quota
        self._news_within = news_within
        self._spans = spans
        self._due: list[DueRun] = []
        self._looked_at = float("-inf")
        self._turns = Turns()
        self._busy: dict[str, float] = {}
        self._taken = 0

    def took(self, number: int) -> None:
        """Learn how many were taken from the buffer to be sent: it adapts to that."""
        self._taken += number
        if number and (not self._buffer or 2 * number >= self._target):
            self._target = min(2 * self._target, _MOST_READY)

    async def fill(self, lease: timedelta) -> int:
        """Claim what is missing; return how many deliveries came."""
        is_new = await self._look()
        wanted = self._target - self._movable
        hungry = {run.owner_id for run in self._due} - self._buffer.owners
        if len(self._buffer) >= 2 * _MOST_READY:
            return 0
        if not self._due or (wanted < self._target / 2 and not (is_new and hungry)):
            return 0
        runs = self._chosen(hungry if wanted < self._target / 2 else None)
        with work(self._spans, "claim deliveries") as note:
            claimed = await self._claim(runs, wanted, until=clock.now() + lease)
            await self._keep(claimed)
            note(runs=len(runs), deliveries=len(claimed))
        return len(claimed)

    async def _claim(self, runs: list[int], wanted: int, *, until: datetime) -> list[Claimed]:
        slice_of_each = max(1, -(-max(wanted, self._least) // len(runs)))
        excluded = {*self._domains.excluded(dict(self._buffer.domains)), *self._busy}
        claimed = await claim(
            runs,
            slice_of_each=slice_of_each,
            worker=self._worker,
            until=until,
            excluded=sorted(excluded),
        )
        if not claimed:
            self._due = [run for run in self._due if run.id not in set(runs)]
        for domain in self._scarce():
            claimed += await claim(
                runs,
                slice_of_each=max(1, self._domains.ready_for_each // len(runs)),
                worker=self._worker,
                until=until,
                domain=domain,
            )
        return claimed

    @property
    def _movable(self) -> int:
        """Return how many could leave now: none to a domain at its limit."""
        held_up = self._domains.held_up & self._buffer.domains.keys()
        self._domains.held_up &= held_up
        return len(self._buffer) - sum(self._buffer.domains[domain] for domain in held_up)

    async def drop(
        self,
        *,
        runs: Collection[int] = (),
        owners: Collection[UUID] = (),
        domains: Collection[str] = (),
    ) -> None:
        """Give back what was claimed of runs or owners, or to domains, that may not send now."""
        self._due = [run for run in self._due if run.id not in runs and run.owner_id not in owners]
        meant = self._buffer.drain(
            lambda one: one.run_id in runs or one.owner_id in owners or one.domain in domains
        )
        await give_back(meant, worker=self._worker)

    async def drop_all(self, *, claimed_before: float = float("inf")) -> None:
        """Give back what was claimed before that monotonic moment, all by default."""
        meant = self._buffer.drain(lambda one: one.claimed_at < claimed_before)
        await give_back(meant, worker=self._worker)

    async def _look(self) -> bool:
        """Look at what is due, if the last look is old; tell whether it was."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_EVERY:
            return False
        taken_a_second = self._taken / max(now - self._looked_at, _LOOK_EVERY)
        self._target = max(self._least, min(self._target, int(2 * taken_a_second)))
        self._taken = 0
        self._looked_at = now
        self._buffer.fade(_FADING)
        self._busy = {domain: until for domain, until in self._busy.items() if until > now}
        self._due = await due_runs(clock.now(), quota=self._quota, news_within=self._news_within)
        return True

    def _chosen(self, hungry: Collection[UUID] | None) -> list[int]:
        due = [run for run in self._due if hungry is None or run.owner_id in hungry]
        return self._turns.next(due, _MOST_RUNS)

    def _scarce(self) -> list[str]:
        """Return busy domains that there is little left for."""
        ready, least = self._buffer.domains, self._domains.ready_for_each / 2
        blocked = set(self._domains.excluded({}))
        scarce = [name for name in self._busy if ready[name] < least and name not in blocked]
        return sorted(scarce, key=ready.__getitem__)[:_BUSY_AT_A_TIME]

    async def _keep(self, claimed: list[Claimed]) -> None:
        """Put deliveries into the buffer, but no more to a domain than can leave soon."""
        if not self._domains.are_limited:
            self._buffer.add(claimed)
            return
        room: dict[str, int] = defaultdict(lambda: self._domains.ready_for_each)
        for domain, number in self._buffer.domains.items():
            room[domain] -= number
        kept: list[Claimed] = []
        rest: list[Claimed] = []
        for delivery in claimed:
            room[delivery.domain] -= 1
            (kept if room[delivery.domain] >= 0 else rest).append(delivery)
        self._buffer.add(kept)
        busy_until = time.monotonic() + _BUSY_FOR
        self._busy |= {delivery.domain: busy_until for delivery in rest}
        await give_back(rest, worker=self._worker)
