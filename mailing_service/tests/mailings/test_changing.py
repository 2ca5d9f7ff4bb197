"""Mailings as their owners change, copy and delete them."""

from datetime import timedelta
from typing import Any

import pytest

from mailing_service.models.mailings import Mailing, MailingRecipient
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import (
    MAILINGS,
    command,
    post,
    to_post,
    wall,
)

pytestmark = pytest.mark.usefixtures("empty_tables")
DRAFT = {"name": "News", "draft": True}


async def draft(person: Person, **changes: Any) -> dict[str, Any]:
    return await post(person, **{**DRAFT, **changes})


async def test_another_change_keeps_the_chosen_wall_time(anna: Person) -> None:
    window = {"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T12:00"}
    shown = await draft(anna, time_zone="Europe/Berlin", **window)
    path = f"{MAILINGS}/{shown['id']}"

    await anna.client.patch(path, json={"repeat": "daily"})
    moved = await anna.client.patch(path, json={"time_zone": "Europe/Moscow"})

    assert moved.json()["starts_at"] == "2027-03-27T23:30:00Z"


async def test_if_match_keeps_what_another_changed(anna: Person) -> None:
    path = f"{MAILINGS}/{(await draft(anna))['id']}"
    seen = {"If-Match": '"1"'}

    first = await anna.client.patch(path, json={"name": "One"}, headers=seen)
    second = await anna.client.patch(path, json={"name": "Two"}, headers=seen)

    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert second.status_code == 412
    assert (await anna.client.delete(path, headers=seen)).status_code == 412
    assert (await anna.client.delete(path, headers={"If-Match": '"2"'})).status_code == 204


async def test_changes_stay_within_what_they_name(anna: Person) -> None:
    posted = await to_post(anna, draft=True, purpose="keeping")
    shown = await post(anna, **posted, quiet_hours={"starts": "22:00", "ends": "08:00"})
    path = f"{MAILINGS}/{shown['id']}"

    changed = (await anna.client.patch(path, json={"name": "Other"})).json()
    for name in ("name", "revision", "updated_at"):
        assert changed.pop(name) != shown.pop(name)
    assert changed == shown
    gone = await anna.client.patch(path, json={"quiet_hours": None, "recipient_ids": []})
    assert (gone.json()["quiet_hours"], gone.json()["recipient_ids"]) == (None, [])


async def test_a_change_makes_a_draft_of_what_waits(anna: Person, manager: Person) -> None:
    shown = await post(anna, **await to_post(anna))
    path = f"{MAILINGS}/{shown['id']}"

    waiting = (await anna.client.patch(path, json={"name": "Other"})).json()
    await command(anna, shown["id"], "submit")
    await command(manager, shown["id"], "approve")
    scheduled = (await anna.client.patch(path, json={"name": "Third"})).json()

    assert [one["status"] for one in (shown, waiting, scheduled)] == [
        "awaiting_approval",
        "draft",
        "draft",
    ]
    assert scheduled["next_run_at"] is None


async def test_a_draft_that_was_never_submitted_is_deleted_for_good(anna: Person) -> None:
    shown = await post(anna, **await to_post(anna, draft=True))

    assert (await anna.client.delete(f"{MAILINGS}/{shown['id']}")).status_code == 204
    assert not await Mailing.all().count()
    assert not await MailingRecipient.all().count()


async def test_what_was_submitted_leaves_its_owners_lists_and_stays_for_managers(
    anna: Person, manager: Person
) -> None:
    shown = await post(anna, **await to_post(anna))
    path = f"{MAILINGS}/{shown['id']}"

    assert (await anna.client.delete(path)).status_code == 204
    assert (await anna.client.get(path)).status_code == 404
    assert (await anna.client.get(MAILINGS)).json()["total"] == 0
    seen = (await manager.client.get(path)).json()
    assert (seen["is_deleted"], seen["status"]) == (True, "draft")
    assert (await manager.client.post(f"{path}/approve")).status_code == 404


async def test_a_copy_is_a_draft_with_a_window_of_the_same_length(anna: Person) -> None:
    posted = await to_post(anna, draft=True, starts_at=wall(-timedelta(days=3)))
    window = {"ends_at": wall(-timedelta(days=1)), "time_zone": "UTC"}
    shown = await post(anna, **posted, **window)

    response = await anna.client.post(f"{MAILINGS}/{shown['id']}/copy")
    copied = await Mailing.get(id=response.json()["id"])

    assert response.status_code == 201
    assert response.headers["Location"] == f"{MAILINGS}/{copied.id}"
    assert response.json()["recipient_ids"] == shown["recipient_ids"]
    assert copied.ends_at - copied.starts_at == timedelta(days=2)
    assert copied.status == "draft"
