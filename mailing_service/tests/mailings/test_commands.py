"""What an owner does with what was submitted, and what is a 409."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from fastapi import FastAPI

from mailing_service.deliveries.moving import moving
from mailing_service.mailings.status.moves import SHOWN
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, MailingStatus
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    MAILINGS,
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
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")
HOUR = timedelta(hours=1)
COMMANDS = {
    "submit": Action.SUBMIT,
    "pause": Action.PAUSE,
    "resume": Action.RESUME,
    "finish": Action.FINISH,
    "retry-failed": Action.RETRY_FAILED,
}


async def end_as(mailing_id: int, *states: DeliveryState) -> None:
    """Have the deliveries of a run end in these states."""
    run = await run_of(mailing_id)
    deliveries = await Delivery.filter(run_id=run.id, state="pending").order_by("id")
    for delivery, state in zip(deliveries, states, strict=True):
        way = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, state)
        for before, after in pairwise(way):
            async with moving() as moves:
                await moves.these([delivery.id], after, before=[before])


@pytest.mark.parametrize("status", MailingStatus)
async def test_what_the_table_does_not_have_is_a_409(anna: Person, status: MailingStatus) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    path = f"{MAILINGS}/{shown['id']}"
    for name, action in COMMANDS.items():
        if status in sources(action, Actor.OWNER):
            continue
        await Mailing.all().update(status=status)
        response = await anna.client.post(f"{path}/{name}")
        assert (response.status_code, response.json()["error"]) == (409, "mailing_status"), name
        [named] = response.json()["fields"]
        assert named["field"] == "status"
        assert named["message"] == SHOWN[status]
        assert await status_of(shown["id"]) == status
    changed = await anna.client.patch(path, json={"name": "Other"})
    allowed = status in sources(Action.CHANGE, Actor.OWNER)
    assert changed.status_code == (200 if allowed else 409)


@pytest.mark.parametrize("status", MailingStatus)
async def test_managers_decide_by_the_table(
    anna: Person, manager: Person, status: MailingStatus
) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    for action in (Action.APPROVE, Action.REJECT, Action.DISABLE):
        if status in sources(action, Actor.MANAGER):
            continue
        await Mailing.all().update(status=status)
        body = None if action is Action.APPROVE else {"reason": "No."}
        path = f"{MAILINGS}/{shown['id']}/{action.value}"
        response = await manager.client.post(path, json=body)
        assert (response.status_code, response.json()["error"]) == (409, "mailing_status")


async def test_a_paused_mailing_goes_on_as_what_it_was(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    scheduled = await approved(anna, manager, starts_at=wall(HOUR), ends_at=wall(2 * HOUR))
    await command(anna, scheduled, "pause")
    await let_tick(app)
    assert (await command(anna, scheduled, "resume"))["status"] == "scheduled"
    await command(anna, scheduled, "finish")

    await Mailing.filter(id=scheduled).update(status="scheduled")
    mailing = await Mailing.get(id=scheduled)
    await Mailing.filter(id=scheduled).update(
        next_run_at=mailing.created_at, next_ends_at=mailing.ends_at
    )
    await let_tick(app)
    await command(anna, scheduled, "pause")
    assert not (await run_of(scheduled)).is_sending
    assert (await command(anna, scheduled, "resume"))["status"] == "running"
    assert (await run_of(scheduled)).is_sending


async def test_fifty_pauses_and_resumes_leave_it_running(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)
    path = f"{MAILINGS}/{mailing_id}"

    for _ in range(10):
        calls = (anna.client.post(f"{path}/{name}") for name in ("pause", "resume") * 3)
        responses = await asyncio.gather(*calls, let_tick(app))
        assert {one.status_code for one in responses[:-1] if one is not None} <= {200, 409}
        status, run = await status_of(mailing_id), await run_of(mailing_id)
        assert run.is_sending == (status == "running")
    assert await counts_of(run) == {"pending": 2}


async def test_of_a_pause_and_the_end_one_wins(app: FastAPI, anna: Person, manager: Person) -> None:
    mailing_id = await running(app, anna, manager)
    await end_as(mailing_id, DeliveryState.SENT, DeliveryState.SENT)

    _, paused = await asyncio.gather(
        let_tick(app), anna.client.post(f"{MAILINGS}/{mailing_id}/pause")
    )

    expected = "paused" if paused.status_code == 200 else "finished"
    assert await status_of(mailing_id) == expected
    run = await run_of(mailing_id)
    assert (run.finished_at is None) == (expected == "paused")
    if expected == "paused":
        await command(anna, mailing_id, "resume")
        await let_tick(app)
        assert await status_of(mailing_id) == "finished"


async def test_what_is_finished_early_expires(app: FastAPI, anna: Person, manager: Person) -> None:
    mailing_id = await running(app, anna, manager, repeat="daily", time_zone="UTC")

    shown = await command(anna, mailing_id, "finish")
    assert (shown["status"], shown["next_run_at"]) == ("finished_early", None)
    assert not (await run_of(mailing_id)).is_sending
    await let_tick(app)

    run = await run_of(mailing_id)
    assert await counts_of(run) == {"expired": 2}
    assert run.finished_at is not None
    assert await status_of(mailing_id) == "finished_early"


async def test_a_disabled_run_expires(app: FastAPI, anna: Person, manager: Person) -> None:
    mailing_id = await running(app, anna, manager)

    await command(manager, mailing_id, "disable", reason="A complaint.")
    assert not (await run_of(mailing_id)).is_sending
    await let_tick(app)

    delivery = await Delivery.first()
    assert delivery is not None
    assert (delivery.state, delivery.state_reason) == ("expired", "disabled")


async def test_a_running_mailing_is_finished_when_it_is_deleted(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)

    assert (await anna.client.delete(f"{MAILINGS}/{mailing_id}")).status_code == 204
    await let_tick(app)

    assert await counts_of(await run_of(mailing_id)) == {"expired": 2}
    seen = (await manager.client.get(f"{MAILINGS}/{mailing_id}")).json()
    assert (seen["status"], seen["is_deleted"]) == ("finished_early", True)
    assert seen["counts"] == {"expired": 2}


async def test_a_paused_run_expires_with_its_window(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager, ends_at=wall(HOUR))
    await command(anna, mailing_id, "pause")
    with movable_clock() as moved:
        moved.advance(HOUR)
        await let_tick(app)

    assert await status_of(mailing_id) == "expired"
    assert await counts_of(await run_of(mailing_id)) == {"expired": 2}


async def test_a_paused_repeat_waits_for_its_next_run(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(
        app, anna, manager, ends_at=wall(HOUR), repeat="daily", time_zone="UTC"
    )
    await command(anna, mailing_id, "pause")
    with movable_clock() as moved:
        moved.advance(HOUR)
        await let_tick(app)
    mailing = await Mailing.get(id=mailing_id)

    assert (mailing.status, mailing.paused_from) == ("paused", "scheduled")
    assert (await command(anna, mailing_id, "resume"))["status"] == "scheduled"
