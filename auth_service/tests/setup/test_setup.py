"""What auth says of the first steps, to administrators alone."""

from datetime import datetime

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import OutboxEmail, User
from auth_service.tests.conftest import assert_unauthorized
from auth_service.tests.people import Person, join
from shared import clock
from testing.database import ServiceDatabase

SETUP = "/api/v1/setup"


async def read(client: httpx2.AsyncClient, boss: Person) -> dict[str, object]:
    response = await client.get(SETUP, headers=boss.headers)
    assert response.status_code == 200, response.text
    facts: dict[str, object] = response.json()
    return facts


async def test_a_stranger_learns_nothing(client: httpx2.AsyncClient) -> None:
    assert_unauthorized(await client.get(SETUP))


@pytest.mark.parametrize("role", ["user", "manager", "blog_manager"])
async def test_other_roles_learn_nothing(client: httpx2.AsyncClient, role: str) -> None:
    who = await join(client, "who", role)
    response = await client.get(SETUP, headers=who.headers)
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")


async def test_a_new_shop_has_everything_to_do(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    assert await read(client, boss) == {
        "first_password_changed": True,
        "administrators": 1,
        "public_url": "http://localhost:8000",
        "mail_server_configured": False,
        "emails_are_caught": False,
        "last_email_sent_at": None,
        "last_backup_at": None,
    }


async def test_a_password_that_was_given_is_not_changed(client: httpx2.AsyncClient) -> None:
    boss, anna = await join(client, "boss", "admin"), await join(client, "anna")
    other = await join(client, "other", "admin")
    await User.filter(id=anna.id).update(password_change_required=True)
    assert (await read(client, boss))["first_password_changed"]
    await User.filter(id=other.id).update(password_change_required=True)
    assert not (await read(client, boss))["first_password_changed"]


async def test_only_administrators_who_may_come_in_count(client: httpx2.AsyncClient) -> None:
    boss, blocked = await join(client, "boss", "admin"), await join(client, "blocked", "admin")
    await join(client, "manager", "manager")
    assert (await read(client, boss))["administrators"] == 2
    await client.post(f"/api/v1/users/{blocked.id}/block", headers=boss.headers)
    assert (await read(client, boss))["administrators"] == 1


async def test_an_email_that_was_sent_is_said(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    await OutboxEmail.all().update(given_up_at=clock.now())
    assert (await read(client, boss))["last_email_sent_at"] is None
    await OutboxEmail.all().update(sent_at=clock.now())
    assert str((await read(client, boss))["last_email_sent_at"]).endswith("Z")


async def test_settings_are_said_without_what_is_secret(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    boss, before = await join(client, "boss", "admin"), app.state.settings
    changes = {
        "smtp_host": "smtp.example.com",
        "smtp_username": "somebody",
        "smtp_password": "the password of the mail server",
        "mailbox_url": "http://127.0.0.1:1080",
    }
    app.state.settings = before.model_copy(update=changes)
    try:
        response = await client.get(SETUP, headers=boss.headers)
    finally:
        app.state.settings = before
    facts = response.json()
    assert facts["mail_server_configured"]
    assert facts["emails_are_caught"]
    assert not any(text in response.text for text in ("smtp.example", "somebody", "password of"))


async def test_the_last_backup_is_what_the_backup_noted(
    client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    boss = await join(client, "boss", "admin")
    owner = await asyncpg.connect(database.owner_url)
    name = await owner.fetchval("SELECT current_database()")
    try:
        for comment, at in {
            "'last backup: 2026-11-29T21:00:00+03:00'": "2026-11-29T18:00:00Z",
            "'last backup: 2026-11-29T18:00:00'": "2026-11-29T18:00:00Z",
            "'last backup: yesterday'": None,
            "NULL": None,
        }.items():
            await owner.execute(f'COMMENT ON DATABASE "{name}" IS {comment}')
            said = (await read(client, boss))["last_backup_at"]
            assert said == at or (at and datetime.fromisoformat(str(said)).isoformat() == at)
    finally:
        await owner.close()
