"""One's own account, and changing it."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Outbox
from auth_service.models import AuditEvent, OutboxEmail, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    register,
    sign_in,
)
from auth_service.tests.people import Person, join

ME = "/api/v1/users/me"


PASSWORD = REGISTRATION["password"]


async def delete_me(
    client: httpx2.AsyncClient, person: Person, password: str = PASSWORD
) -> httpx2.Response:
    body = {"current_password": password}
    return await client.request("DELETE", ME, json=body, headers=person.headers)


async def change_phone(
    client: httpx2.AsyncClient, person: Person, phone: Any, password: str = PASSWORD
) -> httpx2.Response:
    body = {"phone": phone, "current_password": password}
    return await client.post(f"{ME}/phone", json=body, headers=person.headers)


async def emailed(app: FastAPI, kind: str) -> list[str]:
    """Return whom the emails of this kind are for."""
    outbox: Outbox = app.state.outbox
    rows = await OutboxEmail.filter(kind=kind).order_by("id")
    return [outbox.open(row).recipient for row in rows]


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/email"), ("POST", "/phone")]
)
async def test_nobody_changes_anything_without_signing_in(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    assert_unauthorized(await client.request(method, f"{ME}{path}", json={}))


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/email"), ("POST", "/phone")]
)
async def test_a_first_password_opens_none_of_it(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    await register(client)
    await User.all().update(password_change_required=True)
    token = (await sign_in(client))["access_token"]

    response = await client.request(
        method, f"{ME}{path}", json={}, headers={"Authorization": f"Bearer {token}"}
    )

    assert (response.status_code, response.json()["error"]) == (403, "password_change_required")


async def test_the_name_is_changed_and_nothing_else(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna")
    before = (await client.get(ME, headers=anna.headers)).json()

    response = await client.patch(ME, json={"full_name": " Anna P. "}, headers=anna.headers)

    after = response.json()
    assert (response.status_code, after["full_name"]) == (200, "Anna P.")
    assert after["updated_at"] > before["updated_at"]
    changed = {"full_name", "updated_at"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    written = await AuditEvent.get(event="profile_changed")
    assert (written.actor_id, written.subject_id, written.details) == (
        anna.id,
        anna.id,
        {"fields": ["full_name"]},
    )


async def test_a_change_of_nothing_changes_nothing(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna")
    before = (await client.get(ME, headers=anna.headers)).json()

    response = await client.patch(ME, json={}, headers=anna.headers)

    assert (response.status_code, response.json()) == (200, before)
    assert not await AuditEvent.filter(event="profile_changed").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": None},
        {"full_name": ""},
        {"full_name": "  "},
        {"full_name": "\u3164"},
        {"full_name": "Ann \u2068isolated\u2069"},
        {"full_name": "nul\x00"},
        {"full_name": "x" * 10_000},
        {"full_name": 7},
        {"full_name": "Anna", "roles": ["admin"]},
        {"email": "other@example.com"},
        {"is_active": True},
        {"id": "b7b4f0a0-0000-4000-8000-000000000000"},
        [],
    ],
)
async def test_what_is_not_ones_to_change_is_refused(
    client: httpx2.AsyncClient, body: object
) -> None:
    anna = await join(client, "anna")
    before = await User.get(id=anna.id).values()

    response = await client.patch(ME, json=body, headers=anna.headers)

    assert response.status_code == 422
    assert await User.get(id=anna.id).values() == before


async def test_another_phone_signs_in_immediately_and_the_owner_is_informed(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    anna = await join(client, "anna")

    response = await change_phone(client, anna, "+79990000001")

    assert (response.status_code, response.content) == (204, b"")
    await sign_in(client, "8 999 000-00-01")
    old = {"login": anna.phone, "password": PASSWORD}
    assert_unauthorized(await client.post("/api/v1/auth/login", json=old))
    assert await emailed(app, "phone_changed") == [anna.email]
    assert (await AuditEvent.get(event="phone_changed")).succeeded


async def test_the_same_phone_again_is_no_change(client: httpx2.AsyncClient, app: FastAPI) -> None:
    anna = await join(client, "anna")

    assert (await change_phone(client, anna, anna.phone)).status_code == 204
    assert await emailed(app, "phone_changed") == []


async def test_a_taken_phone_is_a_conflict_and_stays(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    anna, boris = await join(client, "anna"), await join(client, "boris")

    response = await change_phone(client, anna, boris.phone)

    assert (response.status_code, response.json()["error"]) == (409, "phone_taken")
    assert (await User.get(id=anna.id)).phone == anna.phone
    assert await emailed(app, "phone_changed") == []
    written = await AuditEvent.get(event="phone_changed")
    assert (written.succeeded, written.details) == (False, {"reason": "phone_taken"})


async def test_of_two_who_want_one_phone_concurrently_one_gets_it(
    client: httpx2.AsyncClient,
) -> None:
    people = [await join(client, f"person{n}") for n in range(5)]

    responses = await asyncio.gather(
        *(change_phone(client, person, "+79990000001") for person in people)
    )

    assert sorted(response.status_code for response in responses) == [204, 409, 409, 409, 409]
    assert await User.filter(phone="+79990000001").count() == 1


@pytest.mark.parametrize("phone", ["8 999 000 00 01", "", None, 79990000001, "+7" + "9" * 10_000])
async def test_a_phone_that_is_none_is_refused(client: httpx2.AsyncClient, phone: Any) -> None:
    anna = await join(client, "anna")

    assert (await change_phone(client, anna, phone)).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "event"),
    [
        ("POST", "/email", {"email": "new@example.com"}, "email_change_requested"),
        ("POST", "/phone", {"phone": "+79990000001"}, "phone_changed"),
        ("DELETE", "", {}, "account_deleted"),
    ],
)
async def test_without_the_password_nothing_important_changes(
    client: httpx2.AsyncClient, method: str, path: str, body: dict[str, str], event: str
) -> None:
    anna = await join(client, "anna")
    before = await User.get(id=anna.id).values()

    wrong = {**body, "current_password": "Wrong:Word3"}
    response = await client.request(method, f"{ME}{path}", json=wrong, headers=anna.headers)

    assert (response.status_code, response.json()["error"]) == (403, "wrong_password")
    assert await User.get(id=anna.id).values() == before
    written = await AuditEvent.get(event=event)
    assert (written.succeeded, written.details) == (False, {"reason": "wrong_password"})


async def test_guesses_of_the_password_are_counted(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna")

    responses = [await delete_me(client, anna, f"Wrong:Word{n}") for n in range(8)]

    assert {response.status_code for response in responses[:5]} == {403}
    assert responses[-1].status_code == 429
    assert int(responses[-1].headers["retry-after"]) > 0
    assert (await User.get(id=anna.id)).is_active


async def test_a_new_email_is_taken_once_it_is_confirmed(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    anna = await join(client, "anna")
    body = {"email": "New@Example.com", "current_password": PASSWORD}

    response = await client.post(f"{ME}/email", json=body, headers=anna.headers)

    assert response.status_code == 202
    assert (await User.get(id=anna.id)).email == anna.email
    email = await OutboxEmail.get(kind="confirm_email")
    content = app.state.outbox.open(email)
    assert content.recipient == "new@example.com"
    token = content.values["link"].partition("?token=")[2]
    confirmed = await client.post("/api/v1/auth/email/confirm", json={"token": token})
    assert confirmed.status_code == 204
    row = await User.get(id=anna.id)
    assert (row.email, row.is_email_verified) == ("new@example.com", True)
    assert await emailed(app, "email_changed") == [anna.email]


async def test_a_taken_email_is_a_conflict(client: httpx2.AsyncClient) -> None:
    anna, boris = await join(client, "anna"), await join(client, "boris")
    body = {"email": boris.email.upper(), "current_password": PASSWORD}

    response = await client.post(f"{ME}/email", json=body, headers=anna.headers)

    assert (response.status_code, response.json()["error"]) == (409, "email_taken")
