"""Administrators change the data of others, and delete them."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import AuditEvent, OutboxEmail, User
from auth_service.tests.conftest import assert_unauthorized, refresh
from auth_service.tests.people import USERS, Person, act, join


async def emails(client: httpx2.AsyncClient, who: Person, **query: Any) -> list[str]:
    response = await client.get(USERS, params=query, headers=who.headers)
    assert response.status_code == 200, response.text
    return [user["email"].partition("@")[0] for user in response.json()["items"]]


async def test_a_person_is_changed_and_informed_at_the_old_address(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    change = {"full_name": "Anna B.", "email": "NEW@example.com", "phone": "+79990000001"}

    response = await act(client, boss, "PATCH", f"/{anna.id}", change)

    assert response.status_code == 200
    assert response.json().items() >= {**change, "email": "new@example.com"}.items()
    kinds = ["email_changed", "phone_changed"]
    told = await OutboxEmail.filter(kind__in=kinds).order_by("kind")
    assert [letter.kind for letter in told] == kinds
    assert {app.state.outbox.open(letter).recipient for letter in told} == {anna.email}
    written = await AuditEvent.get(event="profile_changed")
    assert written.details == {"fields": ["email", "full_name", "phone"]}


async def test_links_sent_to_the_old_address_are_good_for_nothing_then(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    letter = await OutboxEmail.get(kind="verify", user_id=anna.id)
    token = app.state.outbox.open(letter).values["link"].partition("?token=")[2]

    await act(client, boss, "PATCH", f"/{anna.id}", {"email": "new@example.com"})

    confirmed = await client.post("/api/v1/auth/email/confirm", json={"token": token})
    assert confirmed.status_code == 400
    assert not (await User.get(id=anna.id)).is_email_verified


@pytest.mark.parametrize(
    ("change", "error"),
    [({"email": "Boss@Example.com"}, "email_taken"), ({"phone": "boss"}, "phone_taken")],
)
async def test_what_belongs_to_another_is_a_conflict(
    client: httpx2.AsyncClient, change: dict[str, str], error: str
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    body = {"phone": boss.phone} if "phone" in change else change

    response = await act(client, boss, "PATCH", f"/{anna.id}", {"full_name": "X", **body})

    assert (response.status_code, response.json()["error"]) == (409, error)
    assert (await User.get(id=anna.id)).full_name != "X"


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": None},
        {"email": None},
        {"email": ""},
        {"phone": "8 999 000 00 01"},
        {"password": "Another:Word2"},
        {"roles": ["admin"]},
        {"is_active": False},
        {"full_name": "nul\x00"},
        {"full_name": "x" * 10_000},
    ],
)
async def test_what_no_administrator_sets_is_refused(
    client: httpx2.AsyncClient, body: dict[str, Any]
) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    before = await User.get(id=anna.id).values()

    assert (await act(client, boss, "PATCH", f"/{anna.id}", body)).status_code == 422
    assert await User.get(id=anna.id).values() == before


async def test_a_change_of_nothing_is_no_change(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    before = (await act(client, boss, "GET", f"/{anna.id}")).json()

    response = await act(client, boss, "PATCH", f"/{anna.id}", {})

    assert (response.status_code, response.json()) == (200, before)


async def test_who_is_deleted_leaves_an_id_and_nothing_else(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")

    assert (await act(client, boss, "DELETE", f"/{anna.id}")).status_code == 204

    row = await User.get(id=anna.id)
    assert (row.full_name, row.email, row.phone, row.is_active) == ("", None, None, False)
    assert row.archived_at is not None
    assert_unauthorized(await refresh(client, anna.pair["refresh_token"]))
    assert await emails(client, boss) == ["boss"]
    again = await join(client, "anna")
    assert again.id != anna.id
