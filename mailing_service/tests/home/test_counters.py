"""The counters of the home page: hits, misses and drops."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.exceptions import OperationalError

from mailing_service.home import counters as module
from mailing_service.home.counters import FRESH, USABLE, Counts, HomeCounters
from mailing_service.tests.writing import add_recipients
from shared.telemetry.metrics import Metrics
from testing.clock import MovableClock, movable_clock

pytestmark = pytest.mark.usefixtures("app", "empty_tables")


@pytest.fixture
async def counters() -> AsyncIterator[HomeCounters]:
    counters = HomeCounters()
    async with counters.running():
        yield counters


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock


def outcomes(counters: HomeCounters) -> tuple[int, int, int]:
    """Return hits, misses and drops."""
    return counters.hits, counters.misses, counters.drops


async def settled(counters: HomeCounters) -> None:
    """Wait until nothing is counted any more."""
    async with asyncio.timeout(20):
        while counters._counting is not None:
            await asyncio.sleep(0.01)


async def test_what_is_counted_is_shown_to_others(counters: HomeCounters) -> None:
    await add_recipients(uuid4(), 2)
    assert await counters.read("1") == Counts(0, 0, 2)
    await add_recipients(uuid4(), 1, name="other")
    assert (await counters.read("1")).recipients == 2
    assert outcomes(counters) == (1, 1, 0)


async def test_a_new_revision_drops_it(counters: HomeCounters) -> None:
    await counters.read("1")
    await add_recipients(uuid4(), 1)
    assert (await counters.read("2")).recipients == 1
    assert (await counters.read("2")).recipients == 1
    assert outcomes(counters) == (1, 2, 1)


async def test_what_is_no_longer_fresh_is_shown_once_more_and_counted_beside(
    counters: HomeCounters, clock: MovableClock
) -> None:
    await counters.read("1")
    await add_recipients(uuid4(), 1)
    clock.advance(FRESH)
    assert (await counters.read("1")).recipients == 0
    await settled(counters)
    assert (await counters.read("1")).recipients == 1
    assert outcomes(counters) == (2, 1, 0)


async def test_what_is_old_is_not_shown(counters: HomeCounters, clock: MovableClock) -> None:
    await counters.read("1")
    await add_recipients(uuid4(), 1)
    clock.advance(USABLE)
    assert (await counters.read("1")).recipients == 1
    assert outcomes(counters) == (0, 2, 0)


async def test_two_hundred_concurrently_have_it_counted_once(
    counters: HomeCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0
    count = module.count

    async def count_slowly() -> Counts:
        nonlocal counted
        counted += 1
        await asyncio.sleep(0.05)
        return await count()

    monkeypatch.setattr(module, "count", count_slowly)
    results = await asyncio.gather(*(counters.read("1") for _ in range(200)))
    assert set(results) == {Counts(0, 0, 0)}
    assert counted == 1


async def test_a_reader_that_leaves_takes_nothing_from_the_others(counters: HomeCounters) -> None:
    first = asyncio.create_task(counters.read("1"))
    await asyncio.sleep(0)
    second = asyncio.create_task(counters.read("1"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Counts(0, 0, 0)


async def test_a_count_that_began_before_a_drop_is_not_shown_after_it(
    counters: HomeCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, answers = asyncio.Event(), iter((Counts(1, 0, 0), Counts(2, 0, 0), Counts(3, 0, 0)))

    async def count_when_let() -> Counts:
        counts = next(answers)
        if counts.mailings == 1:
            await gate.wait()
        return counts

    monkeypatch.setattr(module, "count", count_when_let)
    early = asyncio.create_task(counters.read("1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await counters.read("2")).mailings == 2
    gate.set()
    assert (await early).mailings == 1
    assert (await counters.read("2")).mailings >= 2


async def test_a_failure_is_that_of_those_who_wait_and_is_not_kept(
    counters: HomeCounters, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> Counts:
        raise OperationalError("away")

    count = module.count
    monkeypatch.setattr(module, "count", fail)
    with pytest.raises(OperationalError):
        await counters.read("1")
    monkeypatch.setattr(module, "count", count)
    assert await counters.read("1") == Counts(0, 0, 0)
    monkeypatch.setattr(module, "count", fail)
    clock.advance(FRESH + timedelta(seconds=1))
    assert await counters.read("1") == Counts(0, 0, 0)  # the count beside it fails alone
    await settled(counters)
    assert await counters.read("1") == Counts(0, 0, 0)


async def test_at_the_end_nothing_counts_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> Counts:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(module, "count", never)
    counters = HomeCounters()
    async with counters.running():
        reader = asyncio.create_task(counters.read("1"))
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await reader


async def test_metrics_show_hits_misses_and_drops(counters: HomeCounters) -> None:
    metrics = Metrics()
    counters.show(metrics)
    for revision in ("1", "1", "1", "2"):
        await counters.read(revision)
    name = "vitrina_home_counts_total"
    found = [
        metrics.registry.get_sample_value(name, {"outcome": outcome})
        for outcome in ("hit", "miss", "drop")
    ]
    assert found == [2, 2, 1]
