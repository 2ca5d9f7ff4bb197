"""Why somebody was blocked: the audit log keeps it."""

import httpx2
import pytest

from auth_service.models import AuditEvent, User
from auth_service.tests.people import act, join


async def test_the_audit_log_keeps_why_somebody_was_blocked(client: httpx2.AsyncClient) -> None:
    boss, manager = await join(client, "boss", "admin"), await join(client, "who", "manager")
    anna = await join(client, "anna")

    why = {"reason": " Sent <b>advertising</b> "}
    assert (await act(client, manager, "POST", f"/{anna.id}/block", why)).status_code == 204

    log = await client.get("/api/v1/audit?event=blocked", headers=boss.headers)
    (event,) = log.json()["items"]
    assert event["details"] == {"block_reason": "Sent <b>advertising</b>"}
    assert event["actor_id"] == str(manager.id)


async def test_why_a_block_was_refused_is_kept_beside_its_reason(
    client: httpx2.AsyncClient,
) -> None:
    manager, boss = await join(client, "who", "manager"), await join(client, "boss", "admin")

    why = {"reason": "A quarrel"}
    assert (await act(client, manager, "POST", f"/{boss.id}/block", why)).status_code == 403

    event = await AuditEvent.get(event="blocked")
    assert event.details == {"reason": "only_for_administrators", "block_reason": "A quarrel"}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "two\nlines", "\u202eback", 7])
async def test_a_reason_is_one_line(client: httpx2.AsyncClient, reason: object) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    response = await act(client, boss, "POST", f"/{anna.id}/block", {"reason": reason})

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["reason"]
    assert (await User.get(id=anna.id)).is_active


@pytest.mark.parametrize("body", [None, {}, {"reason": None}])
async def test_a_block_needs_no_reason(client: httpx2.AsyncClient, body: object) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    assert (await act(client, boss, "POST", f"/{anna.id}/block", body)).status_code == 204
    assert (await AuditEvent.get(event="blocked")).details == {}
