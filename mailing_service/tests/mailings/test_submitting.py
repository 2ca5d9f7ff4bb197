"""Submitting: approval, limits, and once for each Idempotency-Key."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI

from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    MAILINGS,
    command,
    known,
    post,
    status_of,
    suppress,
    to_post,
    wall,
)

pytestmark = pytest.mark.usefixtures("empty_tables")


async def test_a_posted_mailing_waits_for_its_approval(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, starts_at=wall(timedelta(hours=1))))

    assert (shown["status"], shown["next_run_at"]) == ("awaiting_approval", shown["starts_at"])
    assert shown["submitted"]["subject"] == "Hello"
    [event] = await AuditEvent.filter(event="submitted")
    assert (event.mailing_id, event.owner_id) == (shown["id"], anna.id)
    assert event.details == {"recipients": 2, "revision": 1}


async def test_an_administrators_needs_none(admin: Person) -> None:
    assert (await post(admin, **await to_post(admin)))["status"] == "scheduled"


async def test_without_the_setting_nobodys_needs_one(app: FastAPI, anna: Person) -> None:
    state = app.state
    settings = state.settings
    state.settings = settings.model_copy(update={"approval": False})
    try:
        assert (await post(anna, **await to_post(anna)))["status"] == "scheduled"
    finally:
        state.settings = settings


async def test_twenty_parallel_posts_under_one_key_make_one_mailing(anna: Person) -> None:
    mailing = await to_post(anna)
    key = {"Idempotency-Key": "once"}

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(anna.client.post(MAILINGS, json=mailing, headers=key))
            for _ in range(20)
        ]
    responses = [task.result() for task in tasks]

    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert sum("Idempotent-Replayed" in response.headers for response in responses) == 19
    assert await Mailing.all().count() == 1


async def test_twenty_parallel_submits_under_one_key_submit_once(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    path, key = f"{MAILINGS}/{shown['id']}/submit", {"Idempotency-Key": "once"}

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(anna.client.post(path, headers=key)) for _ in range(20)]
    responses = [task.result() for task in tasks]

    assert {response.status_code for response in responses} == {200}
    assert len({response.content for response in responses}) == 1
    assert await AuditEvent.filter(event="submitted").count() == 1


async def test_without_a_key_one_of_several_submits_wins(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    path = f"{MAILINGS}/{shown['id']}/submit"

    responses = await asyncio.gather(*(anna.client.post(path) for _ in range(5)))

    assert sorted(response.status_code for response in responses) == [200, 409, 409, 409, 409]


async def test_a_key_is_for_one_request(anna: Person) -> None:
    mailing = await to_post(anna)
    key = {"Idempotency-Key": "once"}
    await anna.client.post(MAILINGS, json=mailing, headers=key)

    other = await anna.client.post(MAILINGS, json={**mailing, "name": "Other"}, headers=key)
    no_key = await anna.client.post(MAILINGS, json=mailing, headers={"Idempotency-Key": "a b"})

    assert (other.status_code, other.json()["error"]) == (422, "idempotency_key_reused")
    assert no_key.status_code == 422


async def test_a_refused_request_may_be_sent_again_under_its_key(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, recipients=0, draft=True))
    path, key = f"{MAILINGS}/{shown['id']}", {"Idempotency-Key": "once"}

    refused = await anna.client.post(f"{path}/submit", headers=key)
    more = await to_post(anna)
    await anna.client.patch(path, json={"recipient_ids": more["recipient_ids"]})
    accepted = await anna.client.post(f"{path}/submit", headers=key)

    assert (refused.status_code, refused.json()["error"]) == (409, "nobody_to_reach")
    assert accepted.status_code == 200


async def test_only_suppressed_people_are_nobody(anna: Person) -> None:
    mailing = await to_post(anna, recipients=2)
    for number in range(2):
        await suppress(anna.id, f"person{number}@example.com")

    response = await anna.client.post(MAILINGS, json=mailing)

    assert (response.status_code, response.json()["error"]) == (409, "nobody_to_reach")
    assert await Mailing.all().count() == 0


async def test_without_a_message_nothing_is_submitted(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))
    await Message.all().delete()

    response = await anna.client.post(f"{MAILINGS}/{shown['id']}/submit")

    assert (response.status_code, response.json()["error"]) == (409, "mailing_has_no_message")


async def test_a_window_that_is_over_is_refused(anna: Person) -> None:
    window = {"starts_at": wall(-timedelta(hours=2)), "ends_at": wall(-timedelta(hours=1))}
    mailing = await to_post(anna)

    once = await anna.client.post(MAILINGS, json={**mailing, **window})
    daily = await post(anna, **mailing, **window, repeat="daily")

    assert (once.status_code, once.json()["error"]) == (409, "window_over")
    assert daily["next_run_at"] > daily["ends_at"]


async def test_a_mailing_reaches_no_more_than_the_limit(app: FastAPI, anna: Person) -> None:
    state = app.state
    settings = state.settings
    state.settings = settings.model_copy(update={"mailing_recipients": 2})
    try:
        refused = await anna.client.post(MAILINGS, json=await to_post(anna, recipients=3))
        await suppress(anna.id, "person0@example.com")
        allowed = await anna.client.post(
            MAILINGS, json={**await to_post(anna, recipients=0), "recipient_ids": await ids(anna)}
        )
    finally:
        state.settings = settings

    assert (refused.status_code, refused.json()["error"]) == (409, "too_many_recipients")
    assert refused.json()["fields"] == [
        {"field": "audience.reached", "message": "At most 2, but there are 3"}
    ]
    assert allowed.status_code == 201


async def ids(person: Person) -> list[int]:
    rows = await Recipient.filter(owner_id=person.id).values("id")
    return [row["id"] for row in rows]


async def test_of_several_at_the_same_time_three_may_wait(anna: Person) -> None:
    mailing = await to_post(anna)

    posts = (anna.client.post(MAILINGS, json=mailing) for _ in range(6))
    responses = await asyncio.gather(*posts)

    assert sorted(response.status_code for response in responses) == [201] * 3 + [409] * 3
    refused = next(one for one in responses if one.status_code == 409)
    assert refused.json()["error"] == "too_many_waiting"


async def test_an_administrator_has_no_limits(admin: Person) -> None:
    mailing = await to_post(admin, recipients=3)
    for _ in range(4):
        await post(admin, **mailing)


@pytest.mark.parametrize("command_name", ["submit", "approve", "resume", "retry-failed"])
async def test_what_a_blocked_owner_may_not_is_a_409(
    anna: Person, manager: Person, command_name: str
) -> None:
    shown = await post(anna, **await to_post(anna, draft=command_name == "submit"))
    await Account.filter(id=anna.id).update(is_blocked=True)
    person = manager if command_name == "approve" else anna

    response = await person.client.post(f"{MAILINGS}/{shown['id']}/{command_name}")

    assert (response.status_code, response.json()["error"]) == (409, "owner_blocked")
    await known(anna, is_blocked=False)


async def test_a_rejected_mailing_is_changed_and_submitted_again(
    anna: Person, manager: Person
) -> None:
    shown = await post(anna, **await to_post(anna))
    await command(manager, shown["id"], "reject", reason="Not so loud, please.")
    path = f"{MAILINGS}/{shown['id']}"
    assert (await anna.client.get(path)).json()["reason"] == "Not so loud, please."

    assert (await anna.client.post(f"{path}/submit")).status_code == 409
    await anna.client.patch(path, json={"name": "Quiet news"})
    assert (await command(anna, shown["id"], "submit"))["reason"] is None
    assert await status_of(shown["id"]) == "awaiting_approval"


async def test_a_gap_in_somebodys_email_is_shown_and_refuses_the_mailing(anna: Person) -> None:
    mailing = await to_post(anna, recipients=3, draft=True)
    one, *_ = mailing["recipient_ids"]
    await Recipient.filter(id=one).update(full_name="Anna", custom_fields={"city": "Kazan"})
    body = "{{full_name}} of {{city|your city}} {{district}} {{email}}"
    await Message.filter(id=mailing["message_id"]).update(body=body)

    draft = await post(anna, **mailing)
    refused = await anna.client.post(f"{MAILINGS}/{draft['id']}/submit")
    await Message.filter(id=mailing["message_id"]).update(body="{{full_name|you}} {{city|x}}")

    assert draft["audience"]["lacking"] == {"district": 3, "full_name": 2}
    assert (refused.status_code, refused.json()["error"]) == (409, "fields_lacking")
    fields = [problem["field"] for problem in refused.json()["fields"]]
    assert fields == ["audience.lacking.district", "audience.lacking.full_name"]
    assert "{{district|…}}" in refused.json()["fields"][0]["message"]
    assert (await command(anna, draft["id"], "submit"))["status"] == "awaiting_approval"
