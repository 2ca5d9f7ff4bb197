"""The audit log: complete, read by administrators only, and changed by nobody."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from auth_service.actor import OPERATOR
from auth_service.audit_log import exporting, reading
from auth_service.audit_log.schemas import AuditExportOptions
from auth_service.models import AuditEvent, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from auth_service.tests.people import Person, join
from shared import clock
from shared.audit_log import exporting as batches
from shared.database.counting import capped_count
from shared.transfer.formulas import guarded
from testing.clock import MovableClock
from testing.database import ServiceDatabase
from testing.outage import Cable

AUDIT = "/api/v1/audit"


PASSWORD = REGISTRATION["password"]


async def read_log(client: httpx2.AsyncClient, boss: Person, **query: Any) -> list[dict[str, Any]]:
    response = await client.get(AUDIT, params=query, headers=boss.headers)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


@pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}/export"])
async def test_nobody_reads_it_without_signing_in(client: httpx2.AsyncClient, path: str) -> None:
    assert_unauthorized(await client.get(path))


@pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}/export"])
@pytest.mark.parametrize("role", ["user", "manager"])
async def test_only_administrators_read_it(
    client: httpx2.AsyncClient, path: str, role: str
) -> None:
    who = await join(client, "who", role)

    response = await client.get(path, headers=who.headers)

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")


async def test_it_says_who_did_what_to_whom_from_where(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    headers = {**boss.headers, "User-Agent": "Browser/1.0", "X-Request-Id": "a-request-of-mine"}
    await client.post(f"/api/v1/users/{anna.id}/block", headers=headers)

    (event,) = await read_log(client, boss, event="blocked")

    assert event.pop("id") > 0
    assert event.pop("at").endswith("Z")
    assert event.pop("request_id")
    assert event == {
        "event": "blocked",
        "succeeded": True,
        "actor_id": str(boss.id),
        "actor_name": "Анна Петрова",
        "subject_id": str(anna.id),
        "subject_name": "Анна Петрова",
        "session_id": (await read_log(client, boss, event="signed_in"))[1]["session_id"],
        "address": "127.0.0.1",
        "user_agent": "Browser/1.0",
        "details": {},
    }


async def test_the_newest_comes_first_and_pages_are_whole(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    await AuditEvent.bulk_create(
        [AuditEvent(event="key_rotated", succeeded=True) for _ in range(45)]
    )

    query: dict[str, Any] = {"event": "key_rotated", "size": 20, "page": 3}
    response = await client.get(AUDIT, params=query, headers=boss.headers)

    page = response.json()
    assert (page["total"], page["pages"], len(page["items"])) == (45, 3, 5)
    assert not page["total_is_capped"]
    numbers = [event["id"] for event in page["items"]]
    assert numbers == sorted(numbers, reverse=True)


async def test_a_walk_by_pages_shows_each_event_once_whatever_happens_meanwhile(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    boss, other = await join(client, "boss", "admin"), await join(client, "other", "admin")
    before = [event.id for event in await AuditEvent.all().order_by("-id")]
    await read_log(client, boss)  # an earlier walk

    seen: list[int] = []
    for page in range(1, 100):
        events = await read_log(client, boss, size=3, page=page)
        seen += [event["id"] for event in events]
        if not events:
            break
        await sign_in(client, other.email)
        await read_log(client, other, size=3, page=1)

    assert len(seen) == len(set(seen)) == len(before) + 1
    assert [number for number in seen if number in before] == before
    clock.advance(timedelta(minutes=61))
    boss_again = Person(boss.id, boss.email, boss.phone, await sign_in(client, boss.email))
    newest = await read_log(client, boss_again, size=1, page=2)
    assert newest[0]["id"] > max(seen)
    assert await AuditEvent.filter(event="audit_read", actor_id=boss.id).count() == page + 2


async def test_of_very_many_it_counts_the_first_and_says_so(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await join(client, "boss", "admin")
    monkeypatch.setattr(reading, "capped_count", partial(capped_count, most=40))
    await AuditEvent.bulk_create(
        [AuditEvent(event="key_rotated", succeeded=True) for _ in range(45)]
    )

    async def read(page: int) -> dict[str, Any]:
        query: dict[str, Any] = {"event": "key_rotated", "page": page}
        page_read: dict[str, Any] = (
            await client.get(AUDIT, params=query, headers=boss.headers)
        ).json()
        return page_read

    first, behind = await read(1), await read(3)
    assert (first["total"], first["total_is_capped"], first["pages"]) == (40, True, 2)
    assert len(behind["items"]) == 5


async def test_it_is_filtered(client: httpx2.AsyncClient, clock: MovableClock) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    clock.advance(timedelta(minutes=5))
    middle = f"{now()}"
    wrong = {"login": anna.email, "password": "Wrong:Word3"}
    await client.post("/api/v1/auth/login", json=wrong)
    clock.advance(timedelta(minutes=5))
    boris = await join(client, "boris")

    async def names(**query: Any) -> list[str]:
        return [event["event"] for event in await read_log(client, boss, size=100, **query)]

    assert await names(event="signed_in", succeeded="false") == ["signed_in"]
    assert set(await names(subject_id=boris.id)) >= {"registered", "signed_in"}
    assert "audit_read" in await names(actor_id=boss.id)
    before = await names(to=middle)
    after = await names(**{"from": middle, "subject_id": str(anna.id)})
    assert before.count("registered") == 2
    assert after == ["signed_in"]
    assert await names(**{"from": middle, "to": middle}) == []


def now() -> str:
    return clock.now().isoformat()


@pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}/export"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("event", "everything"),
        ("event", "nul\x00"),
        ("subject_id", "7"),
        ("actor_id", "x" * 10_000),
        ("succeeded", "perhaps"),
        ("from", "yesterday"),
        ("from", "2026-01-01T00:00:00"),
        ("to", "9" * 400),
        ("to", "0.5"),
        ("from", "0001-01-01T00:00:00+14:00"),
        ("to", "9999-12-31T23:59:59-14:00"),
        ("since", "2026-01-01T00:00:00Z"),
        ("q", "anna"),
    ],
)
async def test_what_it_does_not_know_is_refused(
    client: httpx2.AsyncClient, path: str, name: str, value: str
) -> None:
    boss = await join(client, "boss", "admin")

    response = await client.get(path, params={name: value}, headers=boss.headers)

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == [name]
    assert not await AuditEvent.filter(event="audit_read").exists()


@pytest.mark.parametrize(("path", "how"), [(AUDIT, "page"), (f"{AUDIT}/export", "export")])
async def test_that_it_was_read_is_written_down(
    client: httpx2.AsyncClient, path: str, how: str
) -> None:
    boss = await join(client, "boss", "admin")

    await client.get(path, headers=boss.headers)

    written = await AuditEvent.get(event="audit_read")
    assert (written.actor_id, written.details["how"]) == (boss.id, how)


async def test_an_export_is_one_event_a_line_the_oldest_first(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_SIZE", 3)
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    response = await client.get(f"{AUDIT}/export", headers=boss.headers)

    assert response.headers["content-type"] == "application/x-ndjson"
    events = [json.loads(line) for line in response.content.splitlines()]
    stored = await AuditEvent.exclude(event="audit_read").order_by("id")
    assert [event["id"] for event in events] == [row.id for row in stored]
    assert len(events) > 3
    (blocked,) = await read_log(client, boss, event="signed_in", subject_id=anna.id)
    assert blocked in events


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/x-ndjson"),
        ("application/x-ndjson, application/octet-stream", "application/x-ndjson"),
        ("application/octet-stream", "application/octet-stream"),
        ("Application/Octet-Stream;q=1", "application/octet-stream"),
    ],
)
async def test_an_export_is_only_bytes_to_who_accepts_nothing_else(
    client: httpx2.AsyncClient, accept: str, media_type: str
) -> None:
    boss = await join(client, "boss", "admin")
    headers = {**boss.headers, "Accept": accept}

    response = await client.get(f"{AUDIT}/export", headers=headers)

    assert response.headers["content-type"] == media_type
    assert response.content.endswith(b"}\n")


async def test_an_export_is_filtered_too(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    query = {"event": "signed_in", "subject_id": str(anna.id)}
    response = await client.get(f"{AUDIT}/export", params=query, headers=boss.headers)
    nothing = await client.get(
        f"{AUDIT}/export", params={"event": "key_revoked"}, headers=boss.headers
    )

    (line,) = response.content.splitlines()
    assert json.loads(line)["subject_id"] == str(anna.id)
    assert (nothing.status_code, nothing.content) == (200, b"")


async def test_an_export_holds_one_batch_at_a_time_and_what_was_there_when_it_began(
    app: FastAPI,
) -> None:
    def many() -> list[AuditEvent]:
        return [AuditEvent(event="key_rotated", succeeded=True) for _ in range(batches.BATCH_SIZE)]

    for _ in range(3):
        await AuditEvent.bulk_create(many())

    lines: AsyncIterator[bytes] = await exporting.export_events(
        AuditExportOptions(), actor=OPERATOR
    )
    await AuditEvent.bulk_create(many())

    assert [batch.count(b"\n") async for batch in lines] == [batches.BATCH_SIZE] * 3


async def rows_of(client: httpx2.AsyncClient, boss: Person, **query: Any) -> list[dict[str, str]]:
    response = await client.get(
        f"{AUDIT}/export", params={"format": "csv", **query}, headers=boss.headers
    )
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


async def test_as_csv_it_has_the_same_events_with_the_names_of_people(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_SIZE", 3)
    boss = await join(client, "boss", "admin", full_name="Boss")
    anna = await join(client, "anna", full_name='Anna "A", the first')
    await client.post(f"/api/v1/users/{anna.id}/block", headers=boss.headers)

    rows = await rows_of(client, boss)
    (blocked,) = await rows_of(client, boss, event="blocked")

    stored = await AuditEvent.exclude(event="audit_read").order_by("id")
    assert [int(row["id"]) for row in rows] == [event.id for event in stored]
    assert len(rows) > 6
    assert blocked["at"].endswith("Z")
    assert (blocked["actor_name"], blocked["subject_name"]) == ("Boss", 'Anna "A", the first')
    assert (blocked["succeeded"], blocked["details"]) == ("true", "")
    assert await rows_of(client, boss, event="key_revoked") == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])
async def test_a_spreadsheet_takes_nothing_in_it_for_a_formula(
    client: httpx2.AsyncClient, sign: str
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    hostile = f"{sign}HYPERLINK('https://evil.example')"
    await User.filter(id=anna.id).update(full_name=hostile)
    await AuditEvent.create(
        event="blocked", succeeded=True, subject_id=anna.id, user_agent=hostile, actor_id=anna.id
    )

    (row,) = await rows_of(client, boss, event="blocked")
    response = await client.get(f"{AUDIT}/export?event=blocked", headers=boss.headers)

    assert guarded(hostile).startswith("'")
    assert {row[name] for name in ("user_agent", "subject_name", "actor_name")} == {
        guarded(hostile)
    }
    assert json.loads(response.text)["user_agent"] == hostile


async def test_who_was_deleted_has_no_name(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    await client.delete(f"/api/v1/users/{anna.id}", headers=boss.headers)

    events = await read_log(client, boss, subject_id=anna.id, size=100)
    rows = await rows_of(client, boss, subject_id=anna.id)

    assert {event["subject_name"] for event in events} == {None}
    (deleted,) = [event for event in events if event["event"] == "account_deleted"]
    assert deleted["actor_name"] == "Анна Петрова"
    assert {row["subject_name"] for row in rows} == {""}


async def test_an_unknown_format_is_refused(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    for path, status in ((f"{AUDIT}/export?format=xls", 422), (f"{AUDIT}?format=csv", 422)):
        assert (await client.get(path, headers=boss.headers)).status_code == status


async def test_a_log_that_cannot_be_read_is_a_503(client: httpx2.AsyncClient, cable: Cable) -> None:
    boss = await join(client, "boss", "admin")
    cable.cut()
    try:
        for path in (AUDIT, f"{AUDIT}/export"):
            assert (await client.get(path, headers=boss.headers)).status_code == 503
    finally:
        await cable.connect()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET succeeded = true",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "DROP TABLE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
    ],
)
async def test_the_running_service_can_only_add_to_it(
    client: httpx2.AsyncClient, database: ServiceDatabase, statement: str
) -> None:
    await register(client)
    connection = await asyncpg.connect(database.runtime_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
    assert await AuditEvent.exists()


def passwords(password: str) -> dict[str, str]:
    return {"password": password, "password_confirmation": password}


async def test_successes_and_failures_are_both_written_down(client: httpx2.AsyncClient) -> None:
    await register(client)
    pair = await sign_in(client)
    wrong = {"login": "anna@example.com", "password": "Wrong:Word3"}
    await client.post("/api/v1/auth/login", json=wrong)
    await client.post("/api/v1/auth/register", json=REGISTRATION)
    body = {"current_password": "Wrong:Word3", **passwords("Another:Word2")}
    await client.post("/api/v1/auth/password/change", json=body, headers=bearer(pair))
    await refresh(client, pair["refresh_token"])

    written = {(row.event, row.succeeded) for row in await AuditEvent.all()}

    for event in ("registered", "signed_in"):
        assert {(event, True), (event, False)} <= written
    assert ("password_changed", False) in written
