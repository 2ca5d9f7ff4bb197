"""Where a person is signed in, as an administrator sees and ends it."""

import asyncio
from uuid import UUID, uuid4

import httpx2
import pytest

from auth_service.models import AuditEvent, Device, Session, User
from auth_service.tests.conftest import assert_unauthorized, refresh, sign_in
from auth_service.tests.people import act, join


async def session_of(user_id: UUID) -> UUID:
    return (await Session.filter(user_id=user_id, ended_at=None).order_by("created_at"))[0].id


async def test_an_administrator_sees_those_that_run(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    await sign_in(client, anna.email)
    first = await session_of(anna.id)
    await act(client, boss, "DELETE", f"/{anna.id}/sessions/{first}")

    shown = await act(client, boss, "GET", f"/{anna.id}/sessions")
    own = await act(client, boss, "GET", f"/{boss.id}/sessions")

    assert shown.status_code == 200
    (session,) = shown.json()
    assert session["id"] == str(await session_of(anna.id))
    assert (session["address"], session["is_current"]) == ("127.0.0.1", False)
    assert [one["is_current"] for one in own.json()] == [True]


async def test_one_session_ends_and_its_device_is_unknown(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    other = await sign_in(client, anna.email)
    first = await session_of(anna.id)

    ended = await act(client, boss, "DELETE", f"/{anna.id}/sessions/{first}")

    assert ended.status_code == 204
    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    assert (await refresh(client, other["refresh_token"])).status_code == 200
    assert (await Session.get(id=first)).ended_because == "ended_by_administrator"
    assert await Device.filter(user_id=anna.id).count() == 1
    written = await AuditEvent.get(event="session_ended")
    assert (written.actor_id, written.subject_id) == (boss.id, anna.id)
    assert written.details == {"ended_session": str(first)}


async def test_of_several_who_end_it_one_does(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    path = f"/{anna.id}/sessions/{await session_of(anna.id)}"

    responses = await asyncio.gather(*(act(client, boss, "DELETE", path) for _ in range(4)))

    assert sorted(response.status_code for response in responses) == [204, 404, 404, 404]
    assert {one.json()["error"] for one in responses if one.content} == {"no_such_session"}


async def test_a_session_of_somebody_else_is_none(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    boris = await join(client, "boris")

    for session_id in (await session_of(boris.id), uuid4()):
        refused = await act(client, boss, "DELETE", f"/{anna.id}/sessions/{session_id}")
        assert (refused.status_code, refused.json()["error"]) == (404, "no_such_session")
    odd = await act(client, boss, "DELETE", f"/{anna.id}/sessions/7")
    assert odd.status_code == 422
    assert (await refresh(client, boris.pair["refresh_token"])).status_code == 200


@pytest.mark.parametrize("role", [None, "user", "manager", "blog_manager"])
async def test_nobody_else_ends_one(client: httpx2.AsyncClient, role: str | None) -> None:
    anna = await join(client, "anna")
    path = f"/api/v1/users/{anna.id}/sessions/{await session_of(anna.id)}"
    headers = (await join(client, "who", role)).headers if role else {}

    response = await client.delete(path, headers=headers)

    assert response.status_code == (403 if role else 401)
    assert (await refresh(client, anna.pair["refresh_token"])).status_code == 200


async def test_who_was_an_administrator_ends_none(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    path = f"/{anna.id}/sessions/{await session_of(anna.id)}"
    await User.filter(id=boss.id).update(roles=["user"])  # the token says admin still

    response = await act(client, boss, "DELETE", path)

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert (await refresh(client, anna.pair["refresh_token"])).status_code == 200
