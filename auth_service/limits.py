"""How often a secret may be tried, counted in the database: exact, for all workers together.

Every try is counted before the secret is looked at, so that parallel guesses gain nothing; the
right secret gives its try back. Beyond the free tries the waiting time doubles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import ceil

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from auth_service.errors import TooManyTries
from auth_service.models import Throttle
from auth_service.statements import Statement
from shared import clock


@dataclass(frozen=True, slots=True)
class Limit:
    """So many free tries; then waiting, doubled by each further try; all forgotten after rest."""

    free_tries: int
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(hours=1)

    def wait_after(self, tries: int) -> timedelta | None:
        """Return how long to wait after so many tries, if at all."""
        beyond = tries - self.free_tries
        if beyond < 0:
            return None
        return min(self.first_wait * (1 << min(beyond, 30)), self.longest_wait)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted (an account, an address), and by which limit."""

    key: str
    limit: Limit


BY_ACCOUNT = Limit(free_tries=5)
BY_ADDRESS = Limit(free_tries=30)


@dataclass(frozen=True, slots=True)
class _Count:
    """One row of the table."""

    key: str
    tries: int
    blocked_until: datetime | None
    updated_at: datetime


@cache
def _locking(count: int) -> Statement:
    """Return what locks the rows of so many keys."""
    keys = [str(number) for number in range(count)]
    return Statement(lambda: Throttle.filter(key__in=keys).order_by("key").select_for_update())


@cache
def _counting(count: int) -> Statement:
    """Return what counts a try in the rows of so many keys."""
    keys, more = [str(number) for number in range(count)], F("tries") + 1
    return Statement(
        lambda: Throttle.filter(key__in=keys).update(tries=more, updated_at=clock.now())
    )


_FORGIVE = Statement(lambda: Throttle.filter(key="").update(tries=0, blocked_until=None))
_GIVE_BACK = Statement(
    lambda: Throttle.filter(key="", tries__gt=0).update(tries=F("tries") - 1, blocked_until=None)
)


async def admit(*buckets: Bucket) -> None:
    """Count one try in every bucket; raises TooManyTries, and counts nothing, if one is full."""
    limits = {bucket.key: bucket.limit for bucket in buckets}
    async with in_transaction():
        rows = await _lock(sorted(limits))
        now = clock.now()  # not before: waiting for the rows takes time
        wait = _longest_wait(rows, now)
        if wait is None:
            await _count(rows, limits, now)
    if wait is not None:
        raise TooManyTries(wait)


async def is_full(bucket: Bucket) -> bool:
    """Tell whether the bucket admits nobody right now."""
    return await Throttle.filter(key=bucket.key, blocked_until__gt=clock.now()).exists()


async def forgive(key: str) -> None:
    """Forget all tries of this key: the secret was right."""
    await _FORGIVE.changed(0, key)


async def give_back(key: str) -> None:
    """Give back the one try that turned out to be right, and no other."""
    await _GIVE_BACK.changed(1, key, 0)


async def forget_old() -> int:
    """Remove what no limit remembers any more; return how many rows."""
    longest = max(limit.forgotten_after for limit in (BY_ACCOUNT, BY_ADDRESS))
    return await Throttle.filter(updated_at__lt=clock.now() - 2 * longest).delete()


async def _lock(keys: list[str]) -> list[_Count]:
    """Return the rows of these keys, locked in the one order, made where there are none."""
    locking = _locking(len(keys))
    rows = await locking.rows(*keys)
    if len(rows) < len(keys):
        await Throttle.bulk_create([Throttle(key=key) for key in keys], ignore_conflicts=True)
        rows = await locking.rows(*keys)
    return [_Count(**row) for row in rows]


def _longest_wait(rows: Sequence[_Count], now: datetime) -> int | None:
    """Return for how many whole seconds the fullest of these buckets is closed."""
    until = [row.blocked_until for row in rows if row.blocked_until is not None]
    latest = max(until, default=now)
    return ceil((latest - now).total_seconds()) if latest > now else None


async def _count(rows: Sequence[_Count], limits: Mapping[str, Limit], now: datetime) -> None:
    """Count a try in each row, with one statement for all that need not wait afterwards."""
    counted = []
    for row in rows:
        limit = limits[row.key]
        rested = now - row.updated_at >= limit.forgotten_after
        tries = 1 if rested else row.tries + 1
        wait = limit.wait_after(tries)
        if wait is None and not rested and row.blocked_until is None:
            counted.append(row.key)
        else:
            until = None if wait is None else now + wait
            await Throttle.filter(key=row.key).update(
                tries=tries, updated_at=now, blocked_until=until
            )
    if counted:
        await _counting(len(counted)).changed(1, now, *counted)
