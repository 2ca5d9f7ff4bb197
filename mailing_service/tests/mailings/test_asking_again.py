"""What was not approved asks again at the start, and what is too much is paused."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from mailing_service.models.mailings import Mailing, Run
from mailing_service.models.messages import Message
from mailing_service.models.recipients import ListMember, Recipient, RecipientList
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    add_list,
    add_message,
    add_recipients,
    approved,
    command,
    known,
    let_tick,
    post,
    run_of,
    status_of,
    to_post,
)

pytestmark = pytest.mark.usefixtures("empty_tables")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("change", ["message", "list", "growth"])
async def test_what_is_not_as_it_was_approved_asks_again(
    app: FastAPI, anna: Person, manager: Person, change: str
) -> None:
    mailing_id = await approved(anna, manager)
    if change == "message":
        await Message.all().update(revision=2, subject="Another")
    elif change == "list":
        other = await add_message(anna.id)
        await Mailing.filter(id=mailing_id).update(message_id=other.id)
    else:
        mailing = await Mailing.get(id=mailing_id)
        approval = {**(mailing.approved or {}), "count": 0}
        await Mailing.filter(id=mailing_id).update(approved=approval)

    await let_tick(app, approval_growth_recipients=1)

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.approved) == ("awaiting_approval", None)
    assert mailing.status_reason in {"message_changed", "recipients_grew"}
    assert await Run.all().count() == 0
    await command(manager, mailing_id, "approve")
    await let_tick(app)
    assert await status_of(mailing_id) == "running"


@pytest.mark.parametrize(("more", "status"), [(5, "running"), (6, "awaiting_approval")])
async def test_growth_above_both_bounds_asks_again(
    app: FastAPI, anna: Person, manager: Person, more: int, status: str
) -> None:
    people = await add_recipients(anna.id, 10)
    of = await add_list(anna.id, people)
    mailing_id = await approved(anna, manager, recipients=0, recipient_ids=[], list_ids=[of])
    for one in await add_recipients(anna.id, more, name="new"):
        await ListMember.create(list_id=of, recipient_id=one)

    await let_tick(app, approval_growth_recipients=5, approval_growth_percent=10)

    assert await status_of(mailing_id) == status


async def test_what_is_gone_since_the_approval_is_no_reason_to_ask(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    people = await add_recipients(anna.id, 3)
    lists = [await add_list(anna.id, people, name=name) for name in ("A", "B")]
    chosen = {"recipients": 0, "recipient_ids": people, "list_ids": lists}
    mailing_id = await approved(anna, manager, **chosen)
    await RecipientList.filter(id=lists[0]).delete()
    await Recipient.filter(id=people[0]).delete()

    await let_tick(app)

    assert await status_of(mailing_id) == "running"


async def test_a_list_that_grew_beyond_the_limit_pauses(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager, recipients=3)

    await let_tick(app, mailing_recipients=2)

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.status, mailing.status_reason) == ("paused", "too_many_recipients")


async def test_an_administrators_mailing_starts_with_what_there_is(
    app: FastAPI, admin: Person
) -> None:
    shown = await post(admin, **await to_post(admin))
    await known(admin, roles=["user", "admin"])
    await Message.all().update(revision=2, subject="Another")

    await let_tick(app, mailing_recipients=1)

    assert (await run_of(shown["id"])).message["subject"] == "Another"
