"""A service has the accounts as auth has them, whichever of its processes reads and dies."""

import asyncio
from datetime import timedelta
from math import inf

import pytest
from tortoise.exceptions import IntegrityError

from shared.account_feed.batches import Batch, FeedPage
from shared.account_feed.feed import AccountFeed
from shared.telemetry.metrics import Metrics
from shared.tests.account_feed.conftest import FakeAuth, account, apply, feed_settings, names
from shared.tests.account_feed.models import Known, Position
from testing.clock import MovableClock

QUARTER = timedelta(minutes=15)
LEASE = timedelta(seconds=1.3)


def new_feed() -> AccountFeed:
    return AccountFeed(feed_settings(), Position, apply)


async def test_a_service_that_starts_anew_copies_all_and_follows(auth: FakeAuth) -> None:
    first, second, third = account(name="1"), account(name="2"), account(name="3")
    auth.answers("", first, cursor="a", more=True, restarts=True)
    auth.answers("a", second, cursor="b", more=True)
    auth.answers("b", account(first.id, "changed meanwhile"), cursor="c")
    feed = new_feed()
    assert (feed.age, feed.is_copied, feed.is_current(QUARTER)) == (inf, False, False)

    await feed.follow(auth)

    assert await names() == {first.id: "changed meanwhile", second.id: "2"}
    assert feed.is_current(QUARTER)
    auth.answers("c", third, account(second.id, is_erased=True), cursor="d")
    await feed.follow(auth)
    assert await names() == {first.id: "changed meanwhile", third.id: "3"}
    assert auth.asked == ["", "a", "b", "c"]


async def test_it_is_not_copied_before_the_last_page(auth: FakeAuth) -> None:
    auth.answers("", account(), cursor="a", more=True, restarts=True)
    feed = new_feed()
    auth.is_away_after = "a"

    await feed.follow(auth)

    assert len(await names()) == 1
    assert not feed.is_copied
    assert feed.age == inf


async def test_a_restored_auth_takes_away_what_it_does_not_know(auth: FakeAuth) -> None:
    kept, lost = account(name="kept"), account(name="lost")
    auth.answers("", kept, lost, cursor="a", restarts=True)
    feed = new_feed()
    await feed.follow(auth)
    auth.answers("a", kept, cursor="x", restarts=True)

    await feed.follow(auth)

    assert await names() == {kept.id: "kept"}
    assert feed.is_copied


async def test_an_auth_without_accounts_is_copied_too(auth: FakeAuth) -> None:
    auth.answers("", account(), cursor="a", restarts=True)
    feed = new_feed()
    await feed.follow(auth)
    auth.answers("a", cursor="x", restarts=True)

    await feed.follow(auth)

    assert await names() == {}
    assert feed.is_copied


async def test_the_same_pages_again_change_nothing(auth: FakeAuth, clock: MovableClock) -> None:
    auth.answers("", account(), account(), cursor="a", restarts=True)
    auth.answers("a", account(), cursor="b")
    feed = new_feed()
    await feed.follow(auth)
    await feed.follow(auth)
    known = await names()
    await Position.all().update(cursor="a")

    clock.advance(LEASE)
    await new_feed().follow(auth)

    assert await names() == known
    assert auth.asked == ["", "a", "a"]


async def test_one_process_reads_and_the_other_knows_how_far(auth: FakeAuth) -> None:
    auth.answers("", account(), cursor="a", restarts=True)
    one, other = new_feed(), new_feed()

    await one.follow(auth)
    await other.follow(auth)

    assert auth.asked == [""]
    assert other.is_current(QUARTER)


async def test_another_process_takes_over_once_the_lease_is_over(
    auth: FakeAuth, clock: MovableClock
) -> None:
    auth.answers("", account(), cursor="a", restarts=True)
    killed, other = new_feed(), new_feed()
    await killed.follow(auth)
    clock.advance(LEASE)

    await other.follow(auth)

    assert auth.asked == ["", "a"]


async def test_who_has_lost_the_lease_writes_nothing_any_more(
    auth: FakeAuth, clock: MovableClock
) -> None:
    stale = account(name="stale")
    auth.answers("", stale, cursor="a", restarts=True)
    slow, other = new_feed(), new_feed()
    goes_on, original = asyncio.Event(), auth.read

    async def read_slowly(cursor: str) -> FeedPage:
        page = await original(cursor)
        await goes_on.wait()
        return page

    auth.read = read_slowly  # type: ignore[method-assign]
    reading = asyncio.create_task(slow.follow(auth))
    while not auth.asked:
        await asyncio.sleep(0.01)
    clock.advance(LEASE)
    auth.read = original  # type: ignore[method-assign]
    auth.answers("", account(stale.id, "new"), cursor="b", restarts=True)
    await other.follow(auth)
    goes_on.set()
    await reading

    assert await names() == {stale.id: "new"}
    assert (await Position.get()).cursor == "b"


async def test_a_lease_of_before_the_clock_was_set_back_is_none(
    auth: FakeAuth, clock: MovableClock
) -> None:
    clock.advance(timedelta(hours=1))
    await new_feed().follow(auth)
    clock.advance(timedelta(hours=-1))

    await new_feed().follow(auth)

    assert auth.asked == ["", ""]


async def test_a_batch_that_cannot_be_written_moves_nothing(
    auth: FakeAuth, clock: MovableClock
) -> None:
    one = account()
    auth.answers("", one, cursor="a", restarts=True)

    async def fail_halfway(batch: Batch) -> None:
        await apply(batch)
        await Known.create(id=one.id, full_name="", copy_number=0)

    feed = AccountFeed(feed_settings(), Position, fail_halfway)
    with pytest.raises(IntegrityError):
        await feed.follow(auth)

    assert (await names(), feed.is_copied) == ({}, False)
    assert (await Position.get()).cursor == ""
    await feed.follow(auth)  # rests, so that the log is not full of it
    assert auth.asked == [""]
    clock.advance(timedelta(seconds=6))
    with pytest.raises(IntegrityError):
        await feed.follow(auth)


async def test_without_news_for_long_it_is_not_current(auth: FakeAuth, clock: MovableClock) -> None:
    auth.answers("", account(), cursor="a", restarts=True)
    feed, metrics = new_feed(), Metrics()
    feed.show(metrics)
    await feed.follow(auth)
    auth.is_away = True
    clock.advance(timedelta(minutes=14))
    await feed.follow(auth)
    assert feed.is_current(QUARTER)
    clock.advance(timedelta(minutes=2))
    await feed.follow(auth)

    assert not feed.is_current(QUARTER)
    age = metrics.registry.get_sample_value("vitrina_account_feed_age_seconds")
    assert age is not None
    assert 960 <= age < 970
    auth.is_away = False
    await feed.follow(auth)
    assert feed.is_current(timedelta(seconds=1))


async def test_a_process_that_ends_lets_another_read(auth: FakeAuth) -> None:
    settings = feed_settings(accounts_url="http://127.0.0.1:1/", accounts_interval="0.1")
    async with AccountFeed(settings, Position, apply).running():
        while not await Position.filter(leased_by__not_isnull=True).exists():
            await asyncio.sleep(0.01)

    assert (await Position.get()).leased_until is None
    await new_feed().follow(auth)
    assert auth.asked == [""]
