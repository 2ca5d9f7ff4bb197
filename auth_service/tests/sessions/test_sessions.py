"""Seeing where one is signed in, and signing out there."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import AuditEvent, Session, User
from auth_service.tests.conftest import (
    assert_unauthorized,
    bearer,
    refresh,
    register,
    sign_in,
)
from testing.clock import MovableClock
from testing.tokens import access_token

PATH = "/api/v1/auth/sessions"


async def test_one_sees_ones_sessions_and_which_is_this(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await register(client, email="boris@example.com", phone="+79160000001")
    await sign_in(client, "boris@example.com")
    client.headers["User-Agent"] = "Phone/1.0"
    client.headers["X-Forwarded-For"] = "203.0.113.7"
    phone = await sign_in(client)
    clock.advance(timedelta(minutes=1))
    client.headers["User-Agent"] = "Desktop\x7f/2.0"
    desktop = await sign_in(client)

    sessions = (await client.get(PATH, headers=bearer(phone))).json()

    assert [(s["user_agent"], s["is_current"]) for s in sessions] == [
        ("Desktop?/2.0", False),
        ("Phone/1.0", True),
    ]
    assert {s["address"] for s in sessions} == {"203.0.113.7"}
    assert desktop["refresh_token"] not in str(sessions)


async def test_a_session_shows_where_it_began_and_where_it_was_used_last(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    client.headers.update({"User-Agent": "Phone/1.0", "X-Forwarded-For": "203.0.113.7"})
    pair = await sign_in(client)
    (before,) = (await client.get(PATH, headers=bearer(pair))).json()
    client.headers.update({"User-Agent": "Phone/1.1", "X-Forwarded-For": "198.51.100.9"})
    pair = (await refresh(client, pair["refresh_token"])).json()
    (after,) = (await client.get(PATH, headers=bearer(pair))).json()

    first, last = ("Phone/1.0", "203.0.113.7"), ("Phone/1.1", "198.51.100.9")
    assert [(s["user_agent"], s["address"]) for s in (before, after)] == [first, first]
    assert [(s["last_user_agent"], s["last_address"]) for s in (before, after)] == [first, last]


async def test_a_session_from_before_that_was_kept_was_used_last_where_it_began(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    client.headers.update({"User-Agent": "Phone/1.0", "X-Forwarded-For": "203.0.113.7"})
    pair = await sign_in(client)
    await Session.all().update(last_user_agent="", last_address="", device_id=None)

    (session,) = (await client.get(PATH, headers=bearer(pair))).json()

    assert (session["last_user_agent"], session["last_address"]) == ("Phone/1.0", "203.0.113.7")
    assert (await client.delete(PATH, headers=bearer(pair))).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("DELETE", ""), ("DELETE", f"/{UUID(int=1)}")]
)
async def test_without_a_token_it_is_the_one_401(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    assert_unauthorized(await client.request(method, f"{PATH}{path}"))


async def test_ending_one_ends_that_one(client: httpx2.AsyncClient) -> None:
    await register(client)
    here, elsewhere = await sign_in(client), await sign_in(client)
    sessions = (await client.get(PATH, headers=bearer(here))).json()
    other = next(s["id"] for s in sessions if not s["is_current"])

    ended = await client.delete(f"{PATH}/{other}", headers=bearer(here))
    again = await client.delete(f"{PATH}/{other}", headers=bearer(here))

    assert (ended.status_code, ended.content) == (204, b"")
    assert (again.status_code, again.json()["error"]) == (404, "no_such_session")
    assert_unauthorized(await refresh(client, elsewhere["refresh_token"]))
    assert (await refresh(client, here["refresh_token"])).status_code == 200


async def test_anothers_session_is_a_404(client: httpx2.AsyncClient) -> None:
    await register(client)
    await register(client, email="boris@example.com", phone="+79160000001")
    mine, theirs = await sign_in(client), await sign_in(client, "boris@example.com")
    (session,) = (await client.get(PATH, headers=bearer(theirs))).json()

    response = await client.delete(f"{PATH}/{session['id']}", headers=bearer(mine))

    assert response.status_code == 404
    assert (await refresh(client, theirs["refresh_token"])).status_code == 200


async def test_ending_all_others_keeps_this_one(client: httpx2.AsyncClient) -> None:
    await register(client)
    pairs = [await sign_in(client) for _ in range(3)]

    response = await client.delete(PATH, headers=bearer(pairs[0]))

    assert response.status_code == 204
    assert (await refresh(client, pairs[0]["refresh_token"])).status_code == 200
    for pair in pairs[1:]:
        assert_unauthorized(await refresh(client, pair["refresh_token"]))
    event = await AuditEvent.get(event="other_sessions_ended")
    assert event.details == {"count": 2}


async def test_of_too_many_sessions_the_longest_unused_ends(
    client: httpx2.AsyncClient, app: FastAPI, clock: MovableClock
) -> None:
    await register(client)
    pairs = []
    for _ in range(app.state.issuer.max_sessions):
        pairs.append(await sign_in(client))
        clock.advance(timedelta(seconds=1))
    pairs[0] = (await refresh(client, pairs[0]["refresh_token"])).json()

    await sign_in(client)

    assert await Session.filter(ended_at=None).count() == app.state.issuer.max_sessions
    assert (await refresh(client, pairs[0]["refresh_token"])).status_code == 200
    assert_unauthorized(await refresh(client, pairs[1]["refresh_token"]))


async def test_a_session_that_is_over_is_not_listed(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await sign_in(client)
    clock.advance(timedelta(days=14))
    pair = await sign_in(client)

    assert len((await client.get(PATH, headers=bearer(pair))).json()) == 1


@pytest.mark.parametrize("generations", [0, 1, 3])
async def test_a_revoked_refresh_token_of_any_generation_ends_its_session(
    client: httpx2.AsyncClient, generations: int
) -> None:
    await register(client)
    pair = await sign_in(client)
    newest = pair["refresh_token"]
    for _ in range(generations):
        newest = (await refresh(client, newest)).json()["refresh_token"]

    response = await client.post("/api/v1/auth/revoke", data={"token": pair["refresh_token"]})

    assert (response.status_code, response.content) == (200, b"")
    assert_unauthorized(await refresh(client, newest))
    assert (await Session.get()).ended_because == "token_revoked"


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "other"])
async def test_a_revoked_access_token_ends_its_session(
    client: httpx2.AsyncClient, hint: str | None
) -> None:
    await register(client)
    pair, other = await sign_in(client), await sign_in(client)
    form = {"token": pair["access_token"], **({"token_type_hint": hint} if hint else {})}

    response = await client.post("/api/v1/auth/revoke", data=form)
    again = await client.post("/api/v1/auth/revoke", data=form)

    assert (response.status_code, response.content) == (again.status_code, again.content)
    assert (response.status_code, response.content) == (200, b"")
    assert_unauthorized(await refresh(client, pair["refresh_token"]))
    assert (await refresh(client, other["refresh_token"])).status_code == 200
    event = await AuditEvent.get(event="token_revoked")
    assert event.session_id == (await Session.get(ended_because="token_revoked")).id
    assert event.subject_id == (await User.get()).id


async def test_an_access_token_that_is_not_good_revokes_nothing(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    pair = await sign_in(client)
    head, payload, signature = pair["access_token"].split(".")
    clock.advance(timedelta(minutes=16))  # it has expired besides
    forged = access_token()

    for token in (f"{head}.{payload}.{signature[::-1]}", pair["access_token"], forged, "a.b.c"):
        answer = await client.post("/api/v1/auth/revoke", data={"token": token})
        assert (answer.status_code, answer.content) == (200, b"")
    assert (await refresh(client, pair["refresh_token"])).status_code == 200


async def test_revoking_what_is_unknown_is_no_error(client: httpx2.AsyncClient) -> None:
    form = {"token": "x" * 43, "token_type_hint": "access_token", "client_id": "vitrina"}

    assert (await client.post("/api/v1/auth/revoke", data=form)).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"token": ""}, 400, "invalid_request"),
        ({"token": "x" * 10_000}, 400, "invalid_request"),
        ({"token": "x", "client_id": "other"}, 401, "invalid_client"),
    ],
)
async def test_a_wrong_revocation_gets_the_rfcs_errors(
    client: httpx2.AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    response = await client.post("/api/v1/auth/revoke", data=form)

    assert (response.status_code, response.json()["error"]) == (status, error)


async def test_reuse_is_written_down_and_reported_to_the_owner(
    client: httpx2.AsyncClient, app: FastAPI, clock: MovableClock
) -> None:
    from auth_service.models import OutboxEmail

    await register(client)
    before = await OutboxEmail.all().count()
    pair = await sign_in(client)
    await refresh(client, pair["refresh_token"])
    clock.advance(timedelta(seconds=31))

    await refresh(client, pair["refresh_token"])

    event = await AuditEvent.get(event="refresh_reuse_detected")
    assert event.succeeded is False
    letters = await OutboxEmail.filter(kind="refresh_reuse")
    assert len(letters) == 1
    assert await OutboxEmail.all().count() == before + 1
    assert app.state.outbox.open(letters[0]).recipient == "anna@example.com"
