"""The audit log of mailings."""

import csv
import io
import json

import httpx2
import pytest

from mailing_service.audit.service import MailingEvent, erase_owner, record
from mailing_service.caller import Caller
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import command, post, to_post

pytestmark = pytest.mark.usefixtures("empty_tables")
AUDIT = "/api/v1/mailing-audit"


async def test_it_is_for_administrators(
    stranger: httpx2.AsyncClient, anna: Person, manager: Person
) -> None:
    for path in (AUDIT, f"{AUDIT}/export"):
        anonymous = await stranger.get(path)
        assert (anonymous.status_code, anonymous.content) == (401, UNAUTHORIZED)
        for person in (anna, manager):
            assert (await person.client.get(path)).status_code == 403


async def test_it_says_who_did_what_to_whose_mailing(
    anna: Person, manager: Person, admin: Person
) -> None:
    shown = await post(anna, **await to_post(anna))
    await command(manager, shown["id"], "approve")

    page = (await admin.client.get(AUDIT)).json()

    assert [(one["event"], one["actor_id"]) for one in page["items"]] == [
        ("approved", str(manager.id)),
        ("submitted", str(anna.id)),
    ]
    assert {one["owner_id"] for one in page["items"]} == {str(anna.id)}
    assert page["items"][0]["request_id"]
    assert page["items"][0]["user_agent"].startswith("python-httpx")


async def test_reading_it_is_an_event(admin: Person) -> None:
    await admin.client.get(AUDIT)
    await admin.client.get(f"{AUDIT}/export")

    page = (await admin.client.get(AUDIT)).json()

    assert [one["details"]["how"] for one in page["items"]] == ["export", "page"]
    assert {one["actor_id"] for one in page["items"]} == {str(admin.id)}


async def test_it_is_filtered_and_walked_by_cursors(
    anna: Person, boris: Person, admin: Person
) -> None:
    for number in range(3):
        await record(MailingEvent.PAUSED, owner_id=anna.id, mailing_id=number + 1)
    await record(MailingEvent.RESUMED, owner_id=anna.id, mailing_id=1)
    await record(MailingEvent.PAUSED, owner_id=boris.id, mailing_id=9)
    query = {"event": "paused", "owner_id": str(anna.id), "size": "2"}

    first = (await admin.client.get(AUDIT, params=query)).json()
    second = await admin.client.get(AUDIT, params={**query, "cursor": first["next_cursor"]})
    about = (await admin.client.get(AUDIT, params={"mailing_id": "1"})).json()
    future = await admin.client.get(AUDIT, params={"from": "2199-01-01T00:00:00Z"})
    past = await admin.client.get(AUDIT, params={"to": "2000-01-01T00:00:00Z"})

    assert [one["mailing_id"] for one in first["items"]] == [3, 2]
    assert [one["mailing_id"] for one in second.json()["items"]] == [1]
    assert [one["event"] for one in about["items"]] == ["resumed", "paused"]
    assert future.json()["items"] == past.json()["items"] == []


@pytest.mark.parametrize("query", ["event=sold", "mailing_id=0", "from=2026", "x=1", "cursor=a"])
async def test_a_filter_that_makes_no_sense_is_a_422(admin: Person, query: str) -> None:
    assert (await admin.client.get(f"{AUDIT}?{query}")).status_code == 422


async def test_the_export_has_a_line_for_each_event_the_oldest_first(admin: Person) -> None:
    await AuditEvent.bulk_create(
        AuditEvent(event="paused", mailing_id=number) for number in range(1, 1203)
    )

    response = await admin.client.get(f"{AUDIT}/export", params={"event": "paused"})

    lines = [json.loads(line) for line in response.text.splitlines()]
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [line["mailing_id"] for line in lines] == list(range(1, 1203))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝"])
async def test_as_csv_it_names_people_and_has_no_formulas(
    anna: Person, manager: Person, admin: Person, sign: str
) -> None:
    hostile = f"{sign}HYPERLINK('https://evil.example')"
    await Account.update_or_create({"full_name": hostile}, id=anna.id)
    caller = Caller(address="192.0.2.1", user_agent=hostile, request_id="a")
    for number in range(3):
        await record(
            MailingEvent.REJECTED,
            caller=caller,
            actor_id=manager.id,
            owner_id=anna.id,
            number=number,
        )

    query = {"event": "rejected", "format": "csv"}
    response = await admin.client.get(f"{AUDIT}/export", params=query)
    nothing = await admin.client.get(f"{AUDIT}/export", params={**query, "event": "held"})

    assert response.headers["content-type"].partition(";")[0] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [json.loads(row["details"]) for row in rows] == [{"number": n} for n in range(3)]
    assert {(row["owner_name"], row["user_agent"]) for row in rows} == {(f"'{hostile}",) * 2}
    assert {row["actor_id"] for row in rows} == {str(manager.id)}
    assert len(nothing.text.splitlines()) == 1


async def test_who_was_erased_and_the_system_have_no_name(anna: Person, admin: Person) -> None:
    await Account.update_or_create({"full_name": "Анна"}, id=anna.id)
    await record(MailingEvent.PAUSED, owner_id=anna.id, mailing_id=7)
    named = (await admin.client.get(f"{AUDIT}?event=paused")).json()["items"]
    await Account.filter(id=anna.id).update(full_name="")
    erased = (await admin.client.get(f"{AUDIT}?event=paused")).json()["items"]
    assert [one["actor_name"] for one in named + erased] == [None, None]
    assert named[0]["owner_name"] == "Анна"
    assert erased[0]["owner_name"] is None


async def test_erasure_takes_addresses_and_leaves_what_was_done(anna: Person) -> None:
    caller = Caller(address="192.0.2.1", user_agent="curl", request_id="a")
    await record(MailingEvent.PAUSED, caller=caller, actor_id=anna.id, owner_id=anna.id)

    await erase_owner(anna.id)

    [event] = await AuditEvent.all()
    assert (event.event, event.actor_id) == ("paused", anna.id)
    assert (event.address, event.user_agent) == (None, None)
