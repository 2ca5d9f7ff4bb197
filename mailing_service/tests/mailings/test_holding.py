"""What stops mailings that nobody asked to stop: a block, an erasure, a restore, `hold`."""

import asyncio
from uuid import uuid4

import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.running.erasing import erase_owner
from mailing_service.mailings.running.holding import hold, pause_all_of, release
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from mailing_service.models.deliveries import Delivery
from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.sending import SendingState
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
)
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")


async def block(person: Person) -> None:
    async with in_transaction():
        await Account.filter(id=person.id).update(is_blocked=True)
        await pause_all_of(person.id, StatusReason.OWNER_BLOCKED)


async def test_blocking_an_owner_pauses_what_they_have_and_nobody_elses(
    app: FastAPI, anna: Person, boris: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)
    others = await running(app, boris, manager)

    await block(anna)
    await let_tick(app)

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.status_reason) == ("paused", "owner_blocked")
    assert not (await run_of(mailing_id)).is_sending
    assert await status_of(others) == "running"
    [event] = await AuditEvent.filter(event="paused")
    assert (event.mailing_id, event.owner_id, event.actor_id) == (mailing_id, anna.id, None)


async def test_unblocking_resumes_nothing(app: FastAPI, anna: Person, manager: Person) -> None:
    mailing_id = await running(app, anna, manager)
    await block(anna)
    await Account.filter(id=anna.id).update(is_blocked=False)
    await let_tick(app)
    assert await status_of(mailing_id) == "paused"

    shown = await command(anna, mailing_id, "resume")

    assert (shown["status"], shown["status_reason"]) == ("running", None)


@pytest.mark.parametrize("name", ["submit", "resume"])
async def test_a_block_at_the_same_time_leaves_nothing_going(
    app: FastAPI, anna: Person, manager: Person, name: str
) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    path = f"{MAILINGS}/{shown['id']}"
    if name == "resume":
        await command(anna, shown["id"], "submit")
        await command(manager, shown["id"], "approve")
        await command(anna, shown["id"], "pause")

    await asyncio.gather(block(anna), anna.client.post(f"{path}/{name}"), let_tick(app))
    await let_tick(app)

    assert await status_of(shown["id"]) in {"draft", "paused", "awaiting_approval"}
    assert not await Run.filter(is_sending=True).exists()


async def test_a_hold_pauses_everything_until_its_owners_resume_it(
    app: FastAPI, anna: Person, boris: Person, manager: Person
) -> None:
    going = await running(app, anna, manager)
    scheduled = await approved(boris, manager, starts_at="2198-01-01T00:00Z")

    assert await hold() == 2
    assert await hold() == 0
    await let_tick(app)

    for mailing_id in (going, scheduled):
        mailing = await Mailing.get(id=mailing_id)
        assert (mailing.status, mailing.status_reason) == ("paused", "restored")
    assert not await Run.filter(is_sending=True).exists()

    assert await release()
    assert not await release()
    await let_tick(app)
    assert await status_of(going) == "paused"
    await command(anna, going, "resume")
    assert (await run_of(going)).is_sending


async def test_while_held_nothing_starts(app: FastAPI, anna: Person, manager: Person) -> None:
    await hold()
    mailing_id = await approved(anna, manager)

    await let_tick(app)
    assert await status_of(mailing_id) == "scheduled"

    await release()
    await let_tick(app)
    assert await status_of(mailing_id) == "running"


@pytest.mark.parametrize("is_released", [False, True])
async def test_the_mark_of_a_restore_pauses_what_was_going(
    app: FastAPI, anna: Person, manager: Person, is_released: bool
) -> None:
    mailing_id = await running(app, anna, manager)
    await SendingState.all().update(held_at=clock.now())

    if is_released:
        await release()
    await let_tick(app)
    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.status_reason) == ("paused", "restored")

    await command(anna, mailing_id, "resume")
    await let_tick(app)
    assert await status_of(mailing_id) == "running"


async def test_erasing_an_owner_leaves_numbers_alone(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await running(app, anna, manager)
    await command(manager, mailing_id, "disable", reason="Anna wrote something bad.")
    await to_post(anna, recipients=0)
    await post(anna, name="Anna's secret", draft=True)

    await erase_owner(anna.id)
    await erase_owner(anna.id)
    await erase_owner(uuid4())
    await let_tick(app)

    [mailing] = await Mailing.all()
    run = await run_of(mailing_id)
    assert (mailing.name, mailing.submitted, mailing.reason) == ("", None, None)
    assert run.message == {}
    assert await counts_of(run) == {"expired": 2}
    assert (await manager.client.get(f"{MAILINGS}/{mailing_id}")).json()["is_deleted"]


async def test_erasing_an_owner_ends_what_runs(app: FastAPI, anna: Person, manager: Person) -> None:
    mailing_id = await running(app, anna, manager)

    await erase_owner(anna.id)
    assert not await Run.filter(is_sending=True).exists()
    await let_tick(app)

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.status_reason) == ("finished_early", "owner_erased")
    assert not await Delivery.filter(state="pending").exists()
