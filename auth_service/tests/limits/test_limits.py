"""Rates that leak: exact for all workers, and what was right takes no room."""

import asyncio
from datetime import timedelta

import pytest

from auth_service.errors import TooManyTries
from auth_service.limits.buckets import Bucket, Limit, admit, forget_old, forgive, trying
from auth_service.models import RateLimit
from shared.clock import now
from testing.clock import MovableClock

pytestmark = pytest.mark.usefixtures("app")

MINUTE = timedelta(minutes=1)
BUCKET = Bucket("test:bucket", Limit(burst=3, interval=MINUTE))
OTHER = Bucket("test:another", BUCKET.limit)


async def tries_until_refused(*buckets: Bucket) -> int:
    for count in range(100):
        try:
            await admit(*buckets)
        except TooManyTries:
            return count
    return 100


async def try_it(*buckets: Bucket, is_right: bool, takes: float = 0.01) -> None:
    async with trying(*buckets) as this_try:
        await asyncio.sleep(takes)
        if is_right:
            this_try.give_back()


async def test_one_leaks_away_in_each_interval(clock: MovableClock) -> None:
    assert await tries_until_refused(BUCKET) == 3
    clock.advance(MINUTE)
    assert await tries_until_refused(BUCKET) == 1
    clock.advance(MINUTE / 2)
    assert await tries_until_refused(BUCKET) == 0
    clock.advance(MINUTE / 2)
    assert await tries_until_refused(BUCKET) == 1
    clock.advance(timedelta(days=1))
    assert await tries_until_refused(BUCKET) == 3


async def test_retry_after_is_when_the_next_one_is_admitted(clock: MovableClock) -> None:
    await tries_until_refused(BUCKET)
    clock.advance(timedelta(seconds=19.5))
    with pytest.raises(TooManyTries) as refused:
        await admit(BUCKET)
    assert refused.value.retry_after == 41

    clock.advance(timedelta(seconds=40))
    assert await tries_until_refused(BUCKET) == 0
    clock.advance(timedelta(seconds=1))
    assert await tries_until_refused(BUCKET) == 1


async def test_it_reports_the_bucket_that_keeps_waiting_longest(clock: MovableClock) -> None:
    slower = Bucket("test:slower", Limit(burst=1, interval=timedelta(hours=1)))
    await tries_until_refused(BUCKET)
    await tries_until_refused(slower)

    with pytest.raises(TooManyTries) as refused:
        await admit(BUCKET, slower)

    assert refused.value.retry_after == 3600


async def test_a_clock_that_steps_back_does_not_lock(clock: MovableClock) -> None:
    await tries_until_refused(BUCKET)
    clock.advance(timedelta(days=-1))
    with pytest.raises(TooManyTries) as refused:
        await admit(BUCKET)
    assert refused.value.retry_after <= 60


async def test_a_full_bucket_counts_nothing_in_the_others() -> None:
    await tries_until_refused(BUCKET)

    with pytest.raises(TooManyTries):
        await admit(OTHER, BUCKET)

    assert not await RateLimit.exists(key=OTHER.key)


async def test_of_two_hundred_tries_concurrently_only_the_free_ones_pass() -> None:
    tried = await asyncio.gather(*(admit(BUCKET) for _ in range(200)), return_exceptions=True)

    assert sum(result is None for result in tried) == 3
    assert {type(result) for result in tried if result} == {TooManyTries}


async def test_of_sixty_wrong_ones_under_way_concurrently_only_the_free_ones_pass() -> None:
    tries = (try_it(BUCKET, OTHER, is_right=False) for _ in range(60))
    tried = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(result is None for result in tried) == 3
    assert {type(result) for result in tried if result} == {TooManyTries}
    assert {row.pending for row in await RateLimit.all()} == {0}


async def test_right_ones_concurrently_all_pass_and_are_not_counted() -> None:
    await asyncio.gather(*(try_it(BUCKET, OTHER, is_right=True) for _ in range(20)))

    assert await tries_until_refused(BUCKET, OTHER) == 3


async def test_tries_that_lock_the_same_rows_do_not_wait_in_a_circle() -> None:
    many = Limit(burst=1000, interval=MINUTE)
    buckets = [Bucket(f"test:{name}", many) for name in "abcd"]
    orders = [buckets[n % 4 :] + buckets[: n % 4] for n in range(80)]

    await asyncio.gather(*(try_it(*order, is_right=False, takes=0) for order in orders))


async def test_a_try_whose_process_died_makes_nobody_wait_for_it(clock: MovableClock) -> None:
    await tries_until_refused(BUCKET)
    await RateLimit.all().update(pending=1, pending_until=now() + timedelta(seconds=10))
    clock.advance(timedelta(seconds=11))

    started = asyncio.get_running_loop().time()
    with pytest.raises(TooManyTries):
        await admit(BUCKET)
    assert asyncio.get_running_loop().time() - started < 2


async def test_what_is_forgiven_is_forgotten() -> None:
    await tries_until_refused(BUCKET)
    await forgive(BUCKET.key)
    assert await tries_until_refused(BUCKET) == 3


async def test_empty_buckets_are_removed(clock: MovableClock) -> None:
    await admit(BUCKET)
    assert await forget_old() == 0
    clock.advance(timedelta(seconds=61))
    assert await forget_old() == 1
