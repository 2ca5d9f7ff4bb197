"""Windows and runs end, repeat and are quiet; the status says how it went."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from mailing_service.deliveries.moving import moving
from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    approved,
    command,
    counts_of,
    let_tick,
    post,
    run_of,
    running,
    status_of,
    to_post,
    wall,
)
from shared import clock
from testing.clock import MovableClock, movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def time() -> Iterator[MovableClock]:
    """The clock of the process in the test's hand."""
    with movable_clock() as moved:
        yield moved


async def finish_all(run: Run, state: DeliveryState = DeliveryState.SENT) -> None:
    """Have every pending delivery of a run end in this state."""
    for before, after in (("pending", "claimed"), ("claimed", "sending"), ("sending", state)):
        async with moving() as moves:
            await moves.of_run(run.id, DeliveryState(after), before=DeliveryState(before))


async def test_after_an_outage_beyond_the_window_it_expires(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    window = {"starts_at": wall(MINUTE), "ends_at": wall(HOUR)}
    scheduled = await approved(anna, manager, **window)
    waiting = (
        await post(anna, **await to_post(anna, recipients=0, **await again(anna), **window))
    )["id"]
    paused = await approved(anna, manager, recipients=0, **await again(anna), **window)
    await command(anna, paused, "pause")

    time.advance(HOUR)
    await let_tick(app)

    assert await Run.all().count() == 0
    for mailing_id in (scheduled, waiting, paused):
        mailing = await Mailing.get(id=mailing_id)
        assert (mailing.status, mailing.status_reason) == ("expired", "window_over")


async def again(person: Person) -> dict[str, Any]:
    """Return the recipients that a person has already."""
    rows = await Recipient.filter(owner_id=person.id).order_by("id").values("id")
    return {"recipient_ids": [row["id"] for row in rows]}


async def test_a_run_to_nobody_ends_as_finished(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager)
    await Recipient.all().delete()

    await let_tick(app)
    await let_tick(app)

    assert await status_of(mailing_id) == "finished"
    assert await counts_of(await run_of(mailing_id)) == {}


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["sent", "sent"], "finished"),
        (["sent", "failed"], "finished_with_errors"),
        (["sent", "uncertain"], "finished_with_errors"),
    ],
)
async def test_the_status_says_whether_everybody_got_it(
    app: FastAPI, anna: Person, manager: Person, states: list[str], status: str
) -> None:
    mailing_id = await running(app, anna, manager)
    run = await run_of(mailing_id)
    deliveries = await Delivery.filter(run_id=run.id)
    for delivery, state in zip(deliveries, states, strict=True):
        for before, after in (("pending", "claimed"), ("claimed", "sending"), ("sending", state)):
            async with moving() as moves:
                await moves.these(
                    [delivery.id], DeliveryState(after), before=[DeliveryState(before)]
                )
        if delivery is deliveries[0]:
            await let_tick(app)
            assert await status_of(mailing_id) == "running"

    await let_tick(app)

    assert await status_of(mailing_id) == status
    finished = await run_of(mailing_id)
    assert (finished.finished_at is not None, finished.is_sending) == (True, False)


async def test_what_is_unsent_at_the_end_of_the_window_expires(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    mailing_id = await running(app, anna, manager, recipients=4, ends_at=wall(HOUR))
    run = await run_of(mailing_id)
    first, second, *_ = await Delivery.filter(run_id=run.id).order_by("id")
    claimed, sending = DeliveryState.CLAIMED, DeliveryState.SENDING
    async with moving() as moves:
        await moves.these([first.id, second.id], claimed, before=[DeliveryState.PENDING])
    async with moving() as moves:
        await moves.these([first.id], sending, before=[claimed])

    time.advance(HOUR)
    await let_tick(app)
    assert await counts_of(run) == {"sending": 1, "expired": 3}
    assert await status_of(mailing_id) == "running"

    async with moving() as moves:
        await moves.these([first.id], DeliveryState.SENT, before=[sending])
    await let_tick(app)
    assert await status_of(mailing_id) == "finished_with_errors"


async def test_a_message_changed_or_deleted_while_it_runs_is_not_what_is_sent(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)
    await Message.all().update(subject="Another", revision=2)
    await Message.all().delete()
    await Account.filter(id=anna.id).update(email="other@example.com")

    run = await run_of(mailing_id)
    await finish_all(run)
    await let_tick(app)

    assert (run.message["subject"], run.message["reply_to"]) == ("Hello", "anna@example.com")
    assert await status_of(mailing_id) == "finished"


async def test_a_repeat_runs_again_without_another_approval(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    window = {"repeat": "daily", "time_zone": "UTC", "ends_at": wall(HOUR)}
    mailing_id = await running(app, anna, manager, **window)
    first = await run_of(mailing_id)
    await finish_all(first)
    await let_tick(app)
    mailing = await Mailing.get(id=mailing_id)
    assert mailing.status == "scheduled"
    assert mailing.next_run_at == mailing.starts_at + DAY

    time.advance(DAY)
    await let_tick(app)
    second = await run_of(mailing_id)

    assert await status_of(mailing_id) == "running"
    assert (second.number, second.starts_at) == (2, mailing.starts_at + DAY)
    assert second.ends_at - second.starts_at == first.ends_at - first.starts_at


async def test_missed_repeats_are_skipped(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    window = {"repeat": "daily", "time_zone": "UTC", "starts_at": wall(HOUR)}
    mailing_id = await approved(anna, manager, **window, ends_at=wall(2 * HOUR))

    time.advance(3 * DAY)
    await let_tick(app)
    mailing = await Mailing.get(id=mailing_id)

    assert (mailing.status, mailing.runs_begun) == ("scheduled", 0)
    assert mailing.next_run_at == mailing.starts_at + 3 * DAY


async def test_in_quiet_hours_nothing_is_claimed(
    app: FastAPI, anna: Person, manager: Person, time: MovableClock
) -> None:
    now = clock.now()
    quiet = {
        "starts": (now - MINUTE).strftime("%H:%M"),
        "ends": (now + 2 * MINUTE).strftime("%H:%M"),
    }
    window = {"time_zone": "UTC", "ends_at": wall(12 * HOUR), "quiet_hours": quiet}
    mailing_id = await running(app, anna, manager, **window)
    assert not (await run_of(mailing_id)).is_sending
    await command(anna, mailing_id, "pause")
    await command(anna, mailing_id, "resume")
    assert not (await run_of(mailing_id)).is_sending

    time.advance(3 * MINUTE)
    await let_tick(app)
    assert (await run_of(mailing_id)).is_sending
    time.advance(-3 * MINUTE)
    await let_tick(app)
    assert not (await run_of(mailing_id)).is_sending
