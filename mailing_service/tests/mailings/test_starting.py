"""Mailings start at their time, once, however many clocks there are, to everybody once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI

from mailing_service.mailings.running.clock import tick
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.messages import Message
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    MAILINGS,
    add_list,
    add_recipients,
    approved,
    counts_of,
    let_tick,
    run_of,
    running,
    settings_of,
    status_of,
    suppress,
    wall,
)
from testing.clock import MovableClock, movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def time() -> Iterator[MovableClock]:
    """The clock of the process in the test's hand."""
    with movable_clock() as moved:
        yield moved


async def test_a_mailing_starts_at_its_time_and_not_before(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    window = {"starts_at": wall(MINUTE), "ends_at": wall(HOUR)}
    mailing_id = await approved(anna, manager, **window)
    await let_tick(app)
    assert await status_of(mailing_id) == "scheduled"

    time.advance(MINUTE)
    await let_tick(app)
    run = await run_of(mailing_id)

    assert await status_of(mailing_id) == "running"
    assert (run.number, run.total, run.is_sending) == (1, 2, True)
    assert await counts_of(run) == {"pending": 2}
    assert run.message == {
        "subject": "Hello",
        "preheader": "News",
        "body": "Good **news**.",
        "language": "en",
        "reply_to": "anna@example.com",
    }


async def test_several_clocks_and_the_command_start_it_once(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager, recipients=50)

    await asyncio.gather(*(let_tick(app) for _ in range(5)))

    assert await Run.all().count() == 1
    assert await AuditEvent.filter(event="started").count() == 1
    assert await counts_of(await run_of(mailing_id)) == {"pending": 50}


async def test_after_an_outage_inside_the_window_it_starts(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    mailing_id = await approved(anna, manager, starts_at=wall(MINUTE), ends_at=wall(2 * HOUR))

    time.advance(HOUR)
    await let_tick(app)

    assert await status_of(mailing_id) == "running"


async def test_a_recipient_in_three_lists_gets_one_delivery(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    people = await add_recipients(anna.id, 3)
    lists = [await add_list(anna.id, people, name=f"List {n}") for n in range(3)]
    chosen = {"recipients": 0, "recipient_ids": people[:1], "list_ids": lists}

    run = await run_of(await running(app, anna, manager, **chosen))

    assert await counts_of(run) == {"pending": 3}
    delivery = await Delivery.get(run_id=run.id, recipient_id=people[0])
    assert (delivery.email, delivery.domain) == ("person0@example.com", "example.com")
    assert (delivery.mailing_id, delivery.owner_id) == (run.mailing_id, anna.id)


async def test_who_is_suppressed_gets_a_delivery_that_says_why(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager, recipients=3)
    await suppress(anna.id, "person0@example.com")
    await suppress(None, "person1@example.com")

    await let_tick(app)
    run = await run_of(mailing_id)

    assert await counts_of(run) == {"pending": 1, "suppressed": 2}
    assert run.total == 3
    reasons = {one.state_reason for one in await Delivery.filter(run_id=run.id)}
    assert reasons == {None, "unsubscribed"}


async def test_without_its_message_it_waits_for_its_owner(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager)
    await Message.all().delete()

    await let_tick(app)

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.status_reason) == ("paused", "message_missing")


async def test_nothing_starts_without_news_of_accounts_or_an_owner(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager)

    await tick(settings_of(app), may_start=False)
    assert await status_of(mailing_id) == "scheduled"
    await Account.filter(id=anna.id).delete()
    await let_tick(app)
    assert await status_of(mailing_id) == "scheduled"


async def test_a_start_that_was_cut_off_goes_on(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)
    run = await run_of(mailing_id)
    await Delivery.all().delete()
    await run.fetch_related("counts")
    await Run.filter(id=run.id).update(started_at=None, is_sending=False, total=0)
    for count in run.counts:  # type: ignore[attr-defined]
        await count.delete()

    await asyncio.gather(let_tick(app), let_tick(app))

    assert await counts_of(run) == {"pending": 2}
    assert (await run_of(mailing_id)).is_sending


async def test_a_pause_while_deliveries_are_written_holds(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager, recipients=100)

    await asyncio.gather(
        let_tick(app), anna.client.post(f"{MAILINGS}/{mailing_id}/pause"), let_tick(app)
    )
    await let_tick(app)

    if await status_of(mailing_id) == "paused":
        assert not await Run.filter(is_sending=True).exists()
    else:
        assert (await run_of(mailing_id)).is_sending
