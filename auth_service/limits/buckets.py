"""How often a secret may be tried: rates that leak, counted in the database for all processes.

A try is counted before the secret is looked at, so that parallel guesses gain nothing, and is given
back if it was right. Nothing is ever locked: one try leaks away in every interval, whatever else
happens. All that is kept of a bucket is the moment at which it will be empty (the generic cell rate
algorithm).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from auth_service.errors import TooManyTries
from shared import clock
from shared.database.batches import SIZE


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a burst, and then one in each interval."""

    burst: int
    interval: timedelta

    @property
    def window(self) -> timedelta:
        """How long a full bucket takes to be empty."""
        return self.burst * self.interval


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted (a name, an address), and by which limit."""

    key: str
    limit: Limit


BY_ADDRESS = Limit(burst=30, interval=timedelta(seconds=30))
BY_SESSION = Limit(burst=5, interval=timedelta(minutes=5))
"""For the password of a person who is signed in: nobody else can fill it."""

_SETTLED_WITHIN = timedelta(seconds=10)
"""A try under way for longer was lost with its process, and stays counted."""
_LONGEST_SLEEP, _WAITED_FOR = 0.5, 5.0  # seconds

_LEVEL = "least(greatest(counted.drained_at, $2), $2 + $4)"  # never too late if a clock steps back
_COUNT = f"""
    INSERT INTO rate_limits AS counted (key, drained_at, pending, pending_until)
        VALUES ($1, $2::timestamptz + $3::interval, $5::int, $6::timestamptz)
    ON CONFLICT (key) DO UPDATE SET
        drained_at = {_LEVEL} + $3,
        pending = CASE WHEN counted.pending_until > $2 THEN counted.pending ELSE 0 END + $5,
        pending_until = greatest(counted.pending_until, $6)
        WHERE {_LEVEL} + $3 <= $2 + $4::interval
    RETURNING key
"""  # noqa: S608 - made of constants
_READ = "SELECT * FROM rate_limits WHERE key = ANY($1::text[])"
_SETTLE = """
    UPDATE rate_limits
        SET pending = greatest(pending - $2::int, 0), drained_at = drained_at - $3::interval
        WHERE key = $1
"""
_FORGIVE = "UPDATE rate_limits SET drained_at = least(drained_at, $2::timestamptz) WHERE key = $1"
_FORGET = """
    DELETE FROM rate_limits WHERE key IN (
        SELECT key FROM rate_limits WHERE drained_at < $1::timestamptz
            ORDER BY drained_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )
"""


class Try:
    """A try under way: it stays counted unless it turns out to be right, or not made."""

    __slots__ = ("is_counted",)

    def __init__(self) -> None:
        self.is_counted = True

    def give_back(self) -> None:
        """Do not count it: the secret was right, or was not looked at."""
        self.is_counted = False


@dataclass(frozen=True, slots=True)
class _Refusal:
    wait: int
    """Whole seconds until all buckets have room, if nothing else is counted or given back."""
    bucket: str
    """The key of the one that keeps waiting longest."""
    is_pending: bool
    """Whether tries under way may be given back before."""


class _Full(Exception):
    """Rolls back what was counted in the other buckets."""


@asynccontextmanager
async def trying(*buckets: Bucket) -> AsyncIterator[Try]:
    """Count a try in every bucket for as long as it is not known to be right.

    Raises TooManyTries, and counts nothing, where one is full. Of tries under way the right ones
    take no room; so one that finds it all taken by them waits for how they end.
    """
    await _admit(buckets, pending=1)
    this_try = Try()
    try:
        yield this_try
    finally:
        await _settle(buckets, is_counted=this_try.is_counted)


async def admit(*buckets: Bucket) -> None:
    """Count one in every bucket for good.

    Raises TooManyTries, and counts nothing, if one is full.
    """
    await _admit(buckets, pending=0)


async def forgive(*keys: str) -> None:
    """Forget all tries of these keys."""
    for key in sorted(keys):
        await _run(_FORGIVE, key, clock.now())


async def forget_old() -> int:
    """Remove the buckets that are empty; return how many."""
    forgotten = 0
    while batch := await _run(_FORGET, clock.now(), SIZE):
        forgotten += batch
    return forgotten


async def _admit(buckets: Sequence[Bucket], *, pending: int) -> None:
    sleep, waited = 0.02, 0.0
    while (refusal := await _try(buckets, pending=pending)) is not None:
        if not refusal.is_pending or waited >= _WAITED_FOR:
            wait = 1 if refusal.is_pending else refusal.wait
            raise TooManyTries(wait, bucket=refusal.bucket)
        await asyncio.sleep(sleep)
        waited += sleep
        sleep = min(2 * sleep, _LONGEST_SLEEP)


async def _try(buckets: Sequence[Bucket], *, pending: int) -> _Refusal | None:
    try:
        async with in_transaction():
            for bucket in _in_order(buckets):
                await _count(bucket, pending)
    except _Full:
        return await _refusal(buckets)
    return None


def _in_order(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Return them in the one order in which everybody locks their rows."""
    return sorted(buckets, key=lambda bucket: bucket.key)


async def _count(bucket: Bucket, pending: int) -> None:
    """Count one if there is room; raises _Full."""
    now, limit = clock.now(), bucket.limit
    until = now + pending * _SETTLED_WITHIN
    values = [bucket.key, now, limit.interval, limit.window, pending, until]
    if not await get_connection("default").execute_query_dict(_COUNT, values):
        raise _Full


async def _refusal(buckets: Sequence[Bucket]) -> _Refusal:
    limits = {bucket.key: bucket.limit for bucket in buckets}
    rows = await get_connection("default").execute_query_dict(_READ, [list(limits)])
    now = clock.now()
    full = [
        (wait, row["key"], row["pending"] > 0 and row["pending_until"] > now)
        for row in rows
        if (wait := _wait(row["drained_at"], limits[row["key"]], now)) > 0
    ]
    wait, bucket, _ = max(full, default=(1, "", True))
    return _Refusal(wait, bucket, is_pending=all(is_pending for *_, is_pending in full))


def _wait(drained_at: datetime, limit: Limit, now: datetime) -> int:
    level = min(max(drained_at, now), now + limit.window)
    return ceil((level + limit.interval - now - limit.window).total_seconds())


async def _settle(buckets: Sequence[Bucket], *, is_counted: bool) -> None:
    async with in_transaction():
        for bucket in _in_order(buckets):
            returned = timedelta(0) if is_counted else bucket.limit.interval
            await _run(_SETTLE, bucket.key, 1, returned)


async def _run(statement: str, *values: object) -> int:
    count, _ = await get_connection("default").execute_query(statement, [*values])
    return count
