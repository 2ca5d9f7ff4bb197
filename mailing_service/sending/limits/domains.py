"""Recipient domains: so many emails a second and at a time to each, whatever the workers.

One worker at a time sends to a domain: it leases the domain's row, keeps to the limits by itself,
and leaves the tokens to the next. A domain that refuses emails for now is left alone for a while;
all others go on.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from mailing_service.models.sending import DomainRate
from mailing_service.sending.limits.buckets import BURST, Bucket
from mailing_service.sending.limits.lanes import Lane, update_of_rate
from mailing_service.sending.retries import jittered
from shared import clock
from shared.smtp.outcomes import Outcome, Result

LEASE = timedelta(seconds=5)
_CERTAIN_FOR = 4.0
"""Seconds after a renewal for which nobody else has the domain, by whatever clock."""
_RENEWED_EVERY = 1.0
_IDLE_FOR = 2.0
"""Seconds without an email after which another worker may have the domain."""
_ASKING_AGAIN = 0.5
_AT_A_TIME = 200
_LONGEST_SLOWNESS = timedelta(minutes=1)
_MOST_DOUBLINGS = 6
_SAVED_UP_FOR = 2.0
"""Seconds' worth of emails that a worker keeps ready for one domain."""


class Domains:
    """What this worker may send to which domain; a `rate` or `connections` of 0 is no limit."""

    def __init__(self, worker: UUID, *, rate: float, connections: int) -> None:
        self._worker = worker
        self._rate = rate
        self._connections = connections
        self._lanes: dict[str, Lane] = {}
        self._wanted: set[str] = set()
        self._refused: dict[str, float] = {}
        self._newly_refused: set[str] = set()
        self._renewed_at = 0.0
        self.held_up: set[str] = set()
        """Domains that let nothing through when they were asked last."""

    @property
    def are_limited(self) -> bool:
        """Tell whether there is any limit."""
        return bool(self._rate or self._connections)

    @property
    def ready_for_each(self) -> int:
        """Return how many emails a worker keeps ready for one domain."""
        return max(2, int(self._rate * _SAVED_UP_FOR), 2 * self._connections)

    def enter(self, domain: str) -> bool:
        """Take the right to send one email there now, if there is one; then `leave`."""
        if not self.are_limited:
            return True
        is_let_through = self._enter(domain)
        (self.held_up.discard if is_let_through else self.held_up.add)(domain)
        return is_let_through

    def _enter(self, domain: str) -> bool:
        lane = self._lanes.get(domain)
        if lane is None or lane.certain_until <= time.monotonic():
            if self._refused.get(domain, 0.0) <= time.monotonic():
                self._wanted.add(domain)
            return False
        self._fill(lane)
        is_full = bool(self._connections) and lane.in_flight >= self._connections
        if is_full or lane.slow_until is not None or (self._rate and lane.tokens < 1):
            return False
        lane.tokens -= 1
        lane.in_flight += 1
        lane.used_at = time.monotonic()
        return True

    def leave(self, domain: str, outcome: Outcome | None = None) -> None:
        """Note that an email is no longer under way there; without an outcome it never was."""
        lane = self._lanes.get(domain)
        if lane is None:
            return
        lane.in_flight -= 1
        if outcome is None or outcome.result is Result.NOT_ATTEMPTED:
            lane.tokens += 1
        elif outcome.result is Result.TEMPORARY and outcome.fault is None:
            lane.failures += 1
            doublings = min(lane.failures, _MOST_DOUBLINGS)
            wait = min(timedelta(seconds=1 << doublings), _LONGEST_SLOWNESS)
            lane.slow_until = clock.now() + jittered(wait)
        elif outcome.is_sent:
            lane.failures = 0

    def excluded(self, ready: dict[str, int]) -> list[str]:
        """Return the domains that nothing need be claimed for, as so many are `ready`."""
        if not self.are_limited:
            return []
        now = time.monotonic()
        self._refused = {name: until for name, until in self._refused.items() if until > now}
        slow = {name for name, lane in self._lanes.items() if lane.slow_until is not None}
        full = {name for name, number in ready.items() if number >= self.ready_for_each}
        return sorted({*self._refused, *slow, *full})

    async def keep(self) -> frozenset[str]:
        """Lease what is wanted, renew what is used, release the rest; return what was refused.

        Call it every now and then while emails are under way, however long that takes.
        """
        if not self.are_limited:
            return frozenset()
        if self._wanted:
            await self._lease(sorted(self._wanted)[:_AT_A_TIME])
        if time.monotonic() - self._renewed_at >= _RENEWED_EVERY:
            self._renewed_at = time.monotonic()
            await self._renew()
        refused = frozenset(self._newly_refused)
        self._newly_refused.clear()
        return refused

    async def release(self) -> None:
        """Leave all domains to other workers."""
        await self._write_mine(self._lanes, until=clock.now())
        self._lanes.clear()

    def _fill(self, lane: Lane) -> None:
        now = time.monotonic()
        most = max(1.0, self._rate * BURST)
        lane.tokens = min(most, lane.tokens + self._rate * (now - lane.filled_at))
        lane.filled_at = now

    async def _lease(self, domains: list[str]) -> None:
        self._wanted.difference_update(domains)
        at = time.monotonic()
        await DomainRate.bulk_create(
            (DomainRate(domain=domain) for domain in domains), ignore_conflicts=True
        )
        async with in_transaction():
            rows = DomainRate.filter(domain__in=domains).order_by("domain")
            found = await rows.select_for_update(no_key=True)
            now = clock.now()  # not before: others may have leased them meanwhile
            free = [row for row in found if self._is_free(row, now)]
            lanes = {row.domain: self._lane_of(row, now, at) for row in free}
            await self._write(lanes, until=now + LEASE)
        for domain, lane in lanes.items():
            if (before := self._lanes.get(domain)) is not None:
                self._fill(before)
                lane.go_on_as(before)
        self._lanes |= lanes
        for domain in set(domains) - set(lanes):
            self._refuse(domain, at + _ASKING_AGAIN)

    def _refuse(self, domain: str, until: float) -> None:
        self._refused[domain] = until
        self._newly_refused.add(domain)

    def _is_free(self, row: DomainRate, now: datetime) -> bool:
        """Tell whether nobody has it; what ends much later than any lease is of a wrong clock."""
        slow = row.slow_until
        if slow is not None and now < slow <= now + 2 * _LONGEST_SLOWNESS:
            return False
        until = row.leased_until
        is_leased = until is not None and now < until <= now + 2 * LEASE
        return not is_leased or row.leased_by == self._worker

    def _lane_of(self, row: DomainRate, now: datetime, at: float) -> Lane:
        level = Bucket(row.tokens, row.tokens_at).level(now, rate=self._rate)
        certain_until = at + _CERTAIN_FOR
        return Lane(level, at, at, certain_until, failures=row.failures)

    async def _renew(self) -> None:
        now = time.monotonic()
        idle = {
            name: lane
            for name, lane in self._lanes.items()
            if not lane.in_flight and (lane.slow_until or now - lane.used_at > _IDLE_FOR)
        }
        for name, lane in idle.items():
            del self._lanes[name]
            if lane.slow_until is not None:
                self._refuse(name, now + (lane.slow_until - clock.now()).total_seconds())
        await self._write_mine(idle, until=clock.now())
        used = dict(self._lanes)
        mine = await self._write_mine(used, until=clock.now() + LEASE)
        for name, lane in used.items():
            if name in mine:
                lane.certain_until = now + _CERTAIN_FOR
            elif lane.in_flight:
                lane.certain_until = 0.0
            else:
                del self._lanes[name]

    async def _write_mine(self, lanes: dict[str, Lane], *, until: datetime) -> frozenset[str]:
        """Write those of `lanes` that no other worker has taken meanwhile; return which."""
        if not lanes:
            return frozenset()
        async with in_transaction():
            rows = DomainRate.filter(domain__in=sorted(lanes), leased_by=self._worker)
            locked = await rows.order_by("domain").select_for_update(no_key=True)
            mine = frozenset(row.domain for row in locked)
            await self._write({name: lanes[name] for name in mine}, until=until)
        return mine

    async def _write(self, lanes: dict[str, Lane], *, until: datetime) -> None:
        for lane in lanes.values():
            self._fill(lane)
        rows = [
            [
                lane.tokens,
                clock.now(),
                lane.failures,
                lane.slow_until,
                self._worker,
                until,
                domain,
            ]
            for domain, lane in sorted(lanes.items())
        ]
        if rows:
            await get_connection("default").execute_many(update_of_rate(), rows)
