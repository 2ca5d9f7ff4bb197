"""Takes deliveries from the buffer to a mail server, and writes what came of them.

At most twice as many deliveries as there are connections are `sending` at a time: one half is under
way while the other half's results are written and the next are begun.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from mailing_service.deliveries.moving import Moves, moving
from mailing_service.models.deliveries import DeliveryState
from mailing_service.sending import ledger, tallies
from mailing_service.sending.buffer import Buffer, Claimed
from mailing_service.sending.claimer import Claimer
from mailing_service.sending.ledger import Finished
from mailing_service.sending.limits.domains import Domains
from mailing_service.sending.limits.quotas import reserve
from mailing_service.sending.lookups import Look, Permit, look_up
from mailing_service.sending.retries import Backoff
from mailing_service.sending.servers import Chosen, Server, choose
from mailing_service.sending.transmitting import Transmitter
from mailing_service.sending.verdicts import is_kept_back
from shared import clock
from shared.errors import ServiceError
from shared.smtp.outcomes import Outcome

LONGEST_WAIT = 0.05
"""Seconds that a result waits for others before it is written."""
_NOTHING = Look({}, {}, {})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker keeps to."""

    connections: int
    quota: int
    backoff: Backoff
    lease: timedelta
    news_within: timedelta
    """Without news of accounts for so long nothing is sent."""


@dataclass(slots=True)
class _Written:
    """What one transaction has done."""

    begun: list[Permit] = field(default_factory=list)
    over_quota: set[UUID] = field(default_factory=set)


class Dispatcher:
    """One worker's deliveries between the buffer and their results."""

    def __init__(
        self,
        worker: UUID,
        *,
        buffer: Buffer,
        claimer: Claimer,
        domains: Domains,
        servers: Sequence[Server],
        transmitter: Transmitter,
        limits: Limits,
    ) -> None:
        self._worker = worker
        self._buffer = buffer
        self._claimer = claimer
        self._domains = domains
        self._servers = servers
        self._transmitter = transmitter
        self._limits = limits
        self._finished: list[Finished] = []
        self._sends: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()
        self._oldest_at = 0.0
        self.is_stopping = False
        self.woken = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is under way and no result unwritten."""
        return not self._under_way

    @property
    def under_way(self) -> int:
        """Return how many emails are being sent, or their results unwritten."""
        return len(self._under_way)

    async def reconcile(self) -> None:
        """Give free what the database says that this worker has, and it has not."""
        async with moving(at_commit=True) as moves:
            await ledger.forget_unknown(
                moves, worker=self._worker, known=self._under_way, ready=self._buffer.ids
            )

    async def advance(self) -> bool:
        """Write what has finished and begin as many more; tell whether there was any of it."""
        if refused := await self._domains.keep():
            await self._claimer.drop(domains=refused)
        finished = self._finished
        room = 2 * self._limits.connections - len(self._under_way) + len(finished)
        is_batch = len(finished) >= self._limits.connections or (
            bool(finished) and time.monotonic() - self._oldest_at >= LONGEST_WAIT
        )
        if not is_batch and (room < self._limits.connections or self.is_stopping):
            return False
        chosen, picks = await self._pick(room)
        if not picks and not is_batch:
            return False
        await self._exchange(chosen, picks)
        return True

    async def _pick(self, room: int) -> tuple[Chosen | None, list[Claimed]]:
        if self.is_stopping or not self._buffer:
            return None, []
        chosen = await choose(self._servers)
        if chosen is None:
            await self._claimer.drop_all()
            return None, []
        most = room if chosen.most is None else min(room, chosen.most)
        most = await chosen.server.rate.available(most)
        picks = self._buffer.take(most, self._domains.enter)
        self._claimer.took(len(picks))
        return chosen, picks

    async def _exchange(self, chosen: Chosen | None, picks: Sequence[Claimed]) -> None:
        finished, self._finished = self._finished, []
        try:
            await self._make_ready(picks)
            look = await self._look_up([pick.id for pick in picks]) if picks else _NOTHING
            written = await self._write(finished, look)
        except BaseException:
            self._finished = finished + self._finished
            for pick in picks:
                self._domains.leave(pick.domain)
            self._buffer.add(picks)
            raise
        self._under_way.difference_update(one.permit.id for one in finished)
        self._begin(chosen, picks, written)
        await self._take_into_account(finished, look, written)

    async def _make_ready(self, picks: Sequence[Claimed]) -> None:
        """Have the emails of the runs built, once; what cannot be built is met when it is sent."""
        for run_id in {pick.run_id for pick in picks}:
            with suppress(ServiceError):
                await self._transmitter.emails.template_of(run_id)

    async def _look_up(self, ids: Sequence[int]) -> Look:
        return await look_up(ids, news_within=self._limits.news_within)

    async def _write(self, finished: Sequence[Finished], look: Look) -> _Written:
        """Write everything in one transaction, its locks in the order of `moving`."""
        written = _Written()
        async with moving(at_commit=True) as moves:
            await ledger.settle(moves, finished, worker=self._worker, backoff=self._limits.backoff)
            await self._put_aside(moves, look)
            allowed = await self._within_quota(finished, look)
            if denied := look.permits.keys() - allowed.keys():
                await self._return(moves, list(denied))
                written.over_quota = {look.permits[number].owner_id for number in denied}
            if allowed:
                begun = await moves.these(
                    list(allowed),
                    DeliveryState.SENDING,
                    before=[DeliveryState.CLAIMED],
                    worker=self._worker,
                    until=clock.now() + self._limits.lease,
                )
                written.begun = [allowed[delivery.id] for delivery in begun]
        return written

    async def _put_aside(self, moves: Moves, look: Look) -> None:
        for reason in set(look.suppressed.values()):
            ids = [number for number, of in look.suppressed.items() if of == reason]
            await moves.these(
                ids,
                DeliveryState.SUPPRESSED,
                before=[DeliveryState.CLAIMED],
                worker=self._worker,
                reason=reason,
            )
        if look.kept_back:
            await self._return(moves, list(look.kept_back))

    async def _return(self, moves: Moves, ids: list[int]) -> None:
        await moves.these(
            ids, DeliveryState.PENDING, before=[DeliveryState.CLAIMED], worker=self._worker
        )

    async def _within_quota(self, finished: Sequence[Finished], look: Look) -> dict[int, Permit]:
        """Return what may be begun without exceeding the quota of its owner, and count it."""
        unused = ledger.unused_quota(finished)
        wanted = Counter(one.owner_id for one in look.permits.values() if one.has_quota)
        change = {owner: wanted[owner] - unused[owner] for owner in {*wanted, *unused}}
        granted = await reserve(change, clock.now().date(), quota=self._limits.quota)
        left = {owner: granted[owner] + unused[owner] for owner in wanted}
        allowed: dict[int, Permit] = {}
        for number, permit in look.permits.items():
            if permit.has_quota:
                left[permit.owner_id] -= 1
            if not permit.has_quota or left[permit.owner_id] >= 0:
                allowed[number] = permit
        return allowed

    def _begin(self, chosen: Chosen | None, picks: Sequence[Claimed], written: _Written) -> None:
        begun = {permit.id for permit in written.begun}
        for pick in picks:
            if pick.id not in begun:
                self._domains.leave(pick.domain)
        if chosen is None:
            return
        chosen.server.rate.spend(len(begun))
        until = time.monotonic() + self._limits.lease.total_seconds()
        for permit in written.begun:
            self._under_way.add(permit.id)
            task = asyncio.create_task(self._send(permit, chosen.server, until))
            self._sends.add(task)
            task.add_done_callback(self._sends.discard)

    async def _send(self, permit: Permit, server: Server, until: float) -> None:
        begun_at = clock.now()
        outcome = await self._transmitter.transmit(permit, server, leased_until=until)
        self._domains.leave(permit.domain, outcome)
        if not self._finished:
            self._oldest_at = time.monotonic()
        self._finished.append(Finished(permit, outcome, server.name, begun_at))
        if len(self._finished) >= self._limits.connections or self.is_stopping:
            self.woken.set()

    async def _take_into_account(
        self, finished: Sequence[Finished], look: Look, written: _Written
    ) -> None:
        outcomes: dict[str, list[Outcome]] = defaultdict(list)
        for one in finished:
            outcomes[one.server].append(one.outcome)
            tallies.count(one.outcome, one.verdict.attempt)
        for server in self._servers:
            server.rate.spend(-sum(map(is_kept_back, outcomes[server.name])))
            await server.breaker.report(outcomes[server.name])
        if look.kept_back or written.over_quota:
            await self._claimer.drop(runs=set(look.kept_back.values()), owners=written.over_quota)
