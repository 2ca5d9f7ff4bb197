"""Mailings as their owners write and list them, and what is nobody else's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.models.mailings import Mailing
from mailing_service.models.recipients import Recipient, RecipientList
from mailing_service.models.suppressions import SuppressionReason
from mailing_service.settings import OpenTo
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import (
    MAILINGS,
    add_list,
    add_message,
    add_recipients,
    known,
    post,
    suppress,
    to_post,
)

pytestmark = pytest.mark.usefixtures("empty_tables")
DRAFT = {"name": "News", "draft": True}


async def draft(person: Person, **changes: Any) -> dict[str, Any]:
    return await post(person, **{**DRAFT, **changes})


async def test_a_stranger_gets_a_401(stranger: httpx2.AsyncClient) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1")):
        response = await stranger.request(method, f"{MAILINGS}{path}")
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_an_unverified_person_writes_none(somebody: Callable[..., Person]) -> None:
    person = somebody(email_verified=False)

    response = await person.client.post(MAILINGS, json=DRAFT)

    assert (response.status_code, response.json()["error"]) == (403, "email_not_verified")


async def test_a_draft_is_kept_and_shown(anna: Person) -> None:
    created = await anna.client.post(MAILINGS, json={**DRAFT, "purpose": "keeping"})
    read = await anna.client.get(created.headers["Location"])

    assert created.status_code == 201
    assert created.json() == read.json()
    assert read.headers["ETag"] == created.headers["ETag"] == '"1"'
    assert (read.json()["status"], read.json()["purpose"]) == ("draft", "keeping")


async def test_left_out_times_are_now_and_a_day_later_in_the_zone_of_the_profile(
    anna: Person,
) -> None:
    await known(anna, time_zone="Asia/Tokyo")

    shown = await draft(anna)
    mailing = await Mailing.get(id=shown["id"])

    assert shown["time_zone"] == "Asia/Tokyo"
    assert mailing.ends_at - mailing.starts_at == timedelta(days=1)


@pytest.mark.parametrize(
    ("chosen", "instant"),
    [
        ("2027-03-28T02:30", "2027-03-28T01:30:00Z"),
        ("2027-10-31T02:30", "2027-10-31T00:30:00Z"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00Z"),
        ("2027-06-01T09:00:00Z", "2027-06-01T09:00:00Z"),
    ],
    ids=["gap", "overlap", "second of the overlap", "instant"],
)
async def test_a_time_is_an_instant_or_what_the_clock_shows(
    anna: Person, chosen: str, instant: str
) -> None:
    window = {"starts_at": chosen, "ends_at": "2027-11-30T00:00:00Z"}
    shown = await draft(anna, time_zone="Europe/Berlin", **window)

    assert shown["starts_at"] == instant


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": "2027-03-28T08:00", "starts_at": "2027-03-28T08:00"},
        {"repeat": "daily", "starts_at": "2027-03-28T08:00", "ends_at": "2027-03-29T09:00"},
        {"starts_at": 1800000000},
        {"starts_at": "1999-01-01T00:00"},
        {"time_zone": "Mars/Olympus"},
        {"quiet_hours": {"starts": "22:00", "ends": "22:00"}},
        {"quiet_hours": {"starts": "24:00", "ends": "08:00"}},
        {
            "quiet_hours": {"starts": "00:00", "ends": "23:59"},
            "starts_at": "2027-03-28T08:00",
            "ends_at": "2027-03-28T09:00",
        },
        {"name": " "},
        {"name": "a\nb"},
        {"purpose": "spamming"},
        {"list_ids": [0]},
        {"list_ids": list(range(1, 102))},
        {"owner_id": "me"},
    ],
)
async def test_what_makes_no_sense_is_a_422(anna: Person, change: dict[str, object]) -> None:
    response = await anna.client.post(MAILINGS, json={**DRAFT, **change})

    assert (response.status_code, response.json()["error"]) == (422, "validation_failed")


async def test_what_is_anothers_cannot_be_chosen(anna: Person, boris: Person) -> None:
    [recipient] = await add_recipients(boris.id, 1)
    foreign = {
        "message_id": (await add_message(boris.id)).id,
        "list_ids": [await add_list(boris.id, [recipient])],
        "recipient_ids": [recipient],
    }
    own = await draft(anna)
    for name, value in foreign.items():
        created = await anna.client.post(MAILINGS, json={**DRAFT, name: value})
        changed = await anna.client.patch(f"{MAILINGS}/{own['id']}", json={name: value})
        for response in (created, changed):
            assert (response.status_code, response.json()["error"]) == (404, "chosen_not_found")
            assert response.json()["fields"][0]["field"].startswith(name)
    assert await Mailing.all().count() == 1


async def test_anothers_mailing_is_a_404(anna: Person, boris: Person) -> None:
    path = f"{MAILINGS}/{(await draft(anna))['id']}"
    calls = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/copy"), ("POST", "/submit")]
    calls += [("POST", f"/{name}") for name in ("pause", "resume", "finish", "retry-failed")]
    for method, end in calls:
        body: dict[str, str] | None = {} if method == "PATCH" else None
        response = await boris.client.request(method, f"{path}{end}", json=body)
        assert (response.status_code, response.json()["error"]) == (404, "mailing_not_found")


async def test_a_manager_sees_anothers_and_changes_none(anna: Person, manager: Person) -> None:
    shown = await post(anna, **await to_post(anna))
    path = f"{MAILINGS}/{shown['id']}"
    seen = (await manager.client.get(path)).json()
    for method, end in (("PATCH", ""), ("DELETE", ""), ("POST", "/copy"), ("POST", "/pause")):
        body: dict[str, str] | None = {} if method == "PATCH" else None
        response = await manager.client.request(method, f"{path}{end}", json=body)
        assert (response.status_code, response.json()["error"]) == (403, "forbidden")

    assert seen["submitted"]["body"] == "Good **news**."
    assert (seen["list_ids"], seen["recipient_ids"], seen["message_id"]) == (None, None, None)
    assert seen["audience"]["reached"] == 2
    assert "@" not in str(seen)


async def test_everyone_is_for_managers(anna: Person, boris: Person, manager: Person) -> None:
    await draft(anna)
    await draft(boris)
    query = {"everyone": "true"}

    assert (await anna.client.get(MAILINGS, params=query)).status_code == 403
    assert (await manager.client.get(MAILINGS, params=query)).json()["total"] == 2
    assert (await manager.client.get(MAILINGS)).json()["total"] == 0


async def test_lists_are_filtered_and_paged(anna: Person) -> None:
    for number in range(3):
        await draft(anna, name=f"News {number}", purpose="warming")
    await draft(anna)
    query = {"purpose": "warming", "size": "2"}

    first = (await anna.client.get(MAILINGS, params=query)).json()
    query["cursor"] = first["next_cursor"]
    second = (await anna.client.get(MAILINGS, params=query)).json()

    assert [one["name"] for one in first["items"]] == ["News 2", "News 1"]
    assert [one["name"] for one in second["items"]] == ["News 0"]
    assert (first["total"], first["pages"], second["next_cursor"]) == (3, 2, None)
    assert (await anna.client.get(MAILINGS, params={"status": "running"})).json()["items"] == []


async def test_a_draft_says_whom_it_will_reach_and_why_not_others(anna: Person) -> None:
    people = await add_recipients(anna.id, 10)
    lists = [await add_list(anna.id, people[:6], name="A"), await add_list(anna.id, people[4:])]
    gone = await add_list(anna.id, [], name="Gone")
    chosen = {"list_ids": [*lists, gone], "recipient_ids": [people[0], people[9]]}
    shown = await draft(anna, **chosen)
    await suppress(anna.id, "person1@example.com")
    await suppress(None, "person1@example.com", SuppressionReason.COMPLAINT)
    await suppress(None, "person2@example.com", SuppressionReason.HARD_BOUNCE)
    await RecipientList.filter(id=gone).delete()
    await Recipient.filter(id=people[9]).delete()

    read = await anna.client.get(f"{MAILINGS}/{shown['id']}")

    assert shown["audience"] == {
        "reached": 10,
        "suppressed": {},
        "duplicates": 4,
        "lists_gone": 0,
        "recipients_gone": 0,
        "lacking": {},
    }
    assert read.json()["audience"] == {
        "reached": 7,
        "suppressed": {"unsubscribed": 1, "hard_bounce": 1},
        "duplicates": 3,
        "lists_gone": 1,
        "recipients_gone": 1,
        "lacking": {},
    }


async def test_where_mailings_are_for_managers_others_get_a_403(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    settings = app.state.settings
    app.state.settings = settings.model_copy(update={"open_to": OpenTo.MANAGERS})
    try:
        refused = await anna.client.post(MAILINGS, json=DRAFT)
        await draft(manager)
    finally:
        app.state.settings = settings

    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")


async def test_all_pages_of_a_long_list_have_each_mailing_once(anna: Person) -> None:
    for number in range(5):
        await draft(anna, name=f"News {number}")
    pages = [
        (await anna.client.get(MAILINGS, params={"page": str(page), "size": "2"})).json()
        for page in (1, 2, 3)
    ]

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert len({one["id"] for page in pages for one in page["items"]}) == 5
