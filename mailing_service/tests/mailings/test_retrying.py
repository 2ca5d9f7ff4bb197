"""Trying again what failed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from fastapi import FastAPI

from mailing_service.deliveries.moving import moving
from mailing_service.mailings.status.transitions import Action
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    MAILINGS,
    approved,
    command,
    counts_of,
    let_tick,
    run_of,
    running,
    status_of,
    wall,
)

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


@pytest.mark.parametrize(("include", "again"), [(False, 1), (True, 2)])
async def test_retry_failed_is_for_the_failed_and_nobody_else(
    app: FastAPI, anna: Person, manager: Person, include: bool, again: int
) -> None:
    mailing_id = await running(app, anna, manager, recipients=3)
    await end_as(mailing_id, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    await let_tick(app)
    assert await status_of(mailing_id) == "finished_with_errors"

    shown = await command(anna, mailing_id, "retry-failed", include_uncertain=include)

    run = await run_of(mailing_id)
    assert (shown["status"], run.is_sending, run.finished_at) == ("running", True, None)
    left = {} if include else {"uncertain": 1}
    assert await counts_of(run) == {"sent": 1, "pending": again, **left}
    await end_as(mailing_id, *[DeliveryState.SENT] * again)
    await let_tick(app)
    assert await status_of(mailing_id) == ("finished" if include else "finished_with_errors")


async def test_after_the_window_a_retry_needs_a_new_end(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager, recipients=1)
    await end_as(mailing_id, DeliveryState.FAILED)
    await let_tick(app)
    past = (await Mailing.get(id=mailing_id)).starts_at
    await Mailing.filter(id=mailing_id).update(ends_at=past)
    run = await run_of(mailing_id)
    await type(run).filter(id=run.id).update(ends_at=past)
    path = f"{MAILINGS}/{mailing_id}/retry-failed"

    over = await anna.client.post(path)
    earlier = await anna.client.post(path, json={"ends_at": wall(-HOUR)})
    accepted = await anna.client.post(path, json={"ends_at": wall(HOUR)})

    assert (over.status_code, over.json()["error"]) == (409, "window_over")
    assert earlier.status_code == 422
    assert (accepted.status_code, accepted.json()["status"]) == (200, "running")
    assert (await Mailing.get(id=mailing_id)).ends_at == (await run_of(mailing_id)).ends_at


async def test_where_nothing_failed_there_is_nothing_to_retry(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager, recipients=1)
    await end_as(mailing_id, DeliveryState.SENT)
    await let_tick(app)
    early = await approved(anna, manager, recipients=0, recipient_ids=[await someone(anna)])
    await command(anna, early, "finish")

    for one in (mailing_id, early):
        response = await anna.client.post(f"{MAILINGS}/{one}/retry-failed")
        assert (response.status_code, response.json()["error"]) == (409, "nothing_to_retry")


async def someone(person: Person) -> int:
    delivery = await Delivery.filter(owner_id=person.id).first()
    assert delivery is not None
    return int(delivery.recipient_id)
