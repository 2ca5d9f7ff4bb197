"""What managers decide."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from mailing_service.models.audit import AuditEvent
from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import MAILINGS, approved, command, post, status_of, to_post
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")
DECISIONS: dict[str, dict[str, str] | None] = {
    "approve": None,
    "reject": {"reason": "No."},
    "disable": {"reason": "No."},
}


async def waiting(person: Person, **changes: Any) -> int:
    return int((await post(person, **await to_post(person, **changes)))["id"])


@pytest.mark.parametrize("decision", DECISIONS)
async def test_only_managers_decide(
    stranger: httpx2.AsyncClient, anna: Person, boris: Person, decision: str
) -> None:
    path, body = f"{MAILINGS}/{await waiting(anna)}/{decision}", DECISIONS[decision]

    anonymous = await stranger.post(path, json=body)
    assert (anonymous.status_code, anonymous.content) == (401, UNAUTHORIZED)
    for person in (anna, boris):
        assert (await person.client.post(path, json=body)).status_code == 403


@pytest.mark.parametrize("decision", DECISIONS)
async def test_what_is_not_there_is_a_404(manager: Person, decision: str) -> None:
    response = await manager.client.post(f"{MAILINGS}/7/{decision}", json=DECISIONS[decision])

    assert (response.status_code, response.json()["error"]) == (404, "mailing_not_found")


async def test_an_approved_mailing_waits_for_its_time(anna: Person, manager: Person) -> None:
    mailing = await Mailing.get(id=await approved(anna, manager))

    assert mailing.status == "scheduled"
    assert mailing.approved is not None
    assert mailing.approved["count"] == 2
    assert mailing.approved["message_revision"] == 1
    [event] = await AuditEvent.filter(event="approved")
    assert (event.actor_id, event.owner_id) == (manager.id, anna.id)
    assert event.details == {"count": 2, "message_revision": 1}


async def test_nobody_approves_their_own(manager: Person) -> None:
    mailing_id = await waiting(manager)

    response = await manager.client.post(f"{MAILINGS}/{mailing_id}/approve")

    assert (response.status_code, response.json()["error"]) == (403, "own_mailing")


async def test_the_approval_binds_the_message_that_was_submitted(
    anna: Person, manager: Person
) -> None:
    mailing_id = await waiting(anna)
    await Message.all().update(revision=2, subject="Another")
    await command(manager, mailing_id, "approve")

    mailing = await Mailing.get(id=mailing_id)
    assert (mailing.approved or {})["message_revision"] == 1


async def test_what_was_changed_since_it_was_read_is_not_approved(
    anna: Person, manager: Person
) -> None:
    mailing_id = await waiting(anna)
    path = f"{MAILINGS}/{mailing_id}"
    seen = (await manager.client.get(path)).headers["ETag"]
    await anna.client.patch(path, json={"name": "Other"})
    await command(anna, mailing_id, "submit")

    response = await manager.client.post(f"{path}/approve", headers={"If-Match": seen})

    assert response.status_code == 412
    assert await status_of(mailing_id) == "awaiting_approval"


async def test_of_an_approval_and_a_change_at_the_same_time_the_change_holds(
    anna: Person, manager: Person
) -> None:
    for _ in range(5):
        mailing_id = await waiting(anna, **await recipients_of(anna))
        path = f"{MAILINGS}/{mailing_id}"
        approval, change = await asyncio.gather(
            manager.client.post(f"{path}/approve"), anna.client.patch(path, json={"name": "Other"})
        )
        assert change.status_code == 200
        assert approval.status_code in {200, 409}
        mailing = await Mailing.get(id=mailing_id)
        assert (mailing.status, mailing.approved) == ("draft", None)


async def recipients_of(person: Person) -> dict[str, Any]:
    if not await Recipient.filter(owner_id=person.id).exists():
        return {"recipients": 2}
    rows = await Recipient.filter(owner_id=person.id).values("id")
    return {"recipients": 0, "recipient_ids": [row["id"] for row in rows]}


async def test_of_two_decisions_one_wins(anna: Person, manager: Person, admin: Person) -> None:
    path = f"{MAILINGS}/{await waiting(anna)}"

    responses = await asyncio.gather(
        manager.client.post(f"{path}/approve"),
        admin.client.post(f"{path}/reject", json={"reason": "No."}),
    )

    assert sorted(response.status_code for response in responses) == [200, 409]
    [refused] = [one for one in responses if one.status_code == 409]
    assert refused.json()["error"] == "mailing_status"
    assert refused.json()["fields"][0]["message"].startswith("The mailing is ")


async def test_a_reason_is_for_people(anna: Person, manager: Person) -> None:
    path = f"{MAILINGS}/{await waiting(anna)}/reject"

    for body in ({}, {"reason": " "}, {"reason": "x" * 1001}, {"reason": "a\0b"}):
        assert (await manager.client.post(path, json=body)).status_code == 422


async def test_a_disabled_mailing_is_final_and_may_be_copied(anna: Person, manager: Person) -> None:
    mailing_id = await approved(anna, manager)
    path = f"{MAILINGS}/{mailing_id}"
    await command(manager, mailing_id, "disable", reason="A complaint.")

    for name in ("submit", "pause", "resume", "finish", "retry-failed"):
        response = await anna.client.post(f"{path}/{name}")
        assert response.json()["fields"] == [
            {"field": "status", "message": "The mailing is disabled"}
        ]
    assert (await anna.client.patch(path, json={"name": "Other"})).status_code == 409
    assert (await anna.client.get(path)).json()["reason"] == "A complaint."
    assert (await anna.client.post(f"{path}/copy")).json()["status"] == "draft"


async def test_what_waits_beyond_its_window_is_not_approved(anna: Person, manager: Person) -> None:
    mailing_id = await waiting(anna)
    over = clock.now() - timedelta(minutes=1)
    await Mailing.filter(id=mailing_id).update(ends_at=over, starts_at=over - timedelta(hours=1))

    response = await manager.client.post(f"{MAILINGS}/{mailing_id}/approve")

    assert (response.status_code, response.json()["error"]) == (409, "window_over")


async def test_the_queue_is_a_list_of_what_waits(anna: Person, manager: Person) -> None:
    mailing_id = await waiting(anna)
    await waiting(manager)
    query = {"everyone": "true", "status": "awaiting_approval"}

    queue = (await manager.client.get(MAILINGS, params=query)).json()

    assert mailing_id in [one["id"] for one in queue["items"]]
    assert queue["total"] == 2


async def test_the_status_is_named_in_the_readers_language(anna: Person) -> None:
    response = await anna.client.post(
        f"{MAILINGS}/{await waiting(anna)}/pause", headers={"Accept-Language": "ru"}
    )

    assert response.json()["fields"][0]["message"] == "Рассылка ждёт одобрения"
