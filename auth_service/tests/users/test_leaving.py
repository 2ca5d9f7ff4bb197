"""Who leaves is forgotten, and their id is never given again."""

import asyncio
from typing import Any

import asyncpg
import httpx2

from auth_service.models import AuditEvent, OutboxEmail, Session, User
from auth_service.tests.conftest import (
    REGISTRATION,
    assert_unauthorized,
    refresh,
    sign_in,
)
from auth_service.tests.people import Person, join
from testing.database import ServiceDatabase

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


async def test_who_leaves_is_gone_immediately(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna")
    elsewhere = await sign_in(client, anna.email)

    response = await delete_me(client, anna)

    assert (response.status_code, response.content) == (204, b"")
    assert_unauthorized(await client.get(ME, headers=anna.headers))
    for pair in (anna.pair, elsewhere):
        assert_unauthorized(await refresh(client, pair["refresh_token"]))
    for login in (anna.email, anna.phone):
        credentials = {"login": login, "password": PASSWORD}
        assert_unauthorized(await client.post("/api/v1/auth/login", json=credentials))
    assert not await Session.filter(user_id=anna.id, ended_at=None).exists()
    row = await User.get(id=anna.id)
    assert (row.is_active, row.token_version) == (False, 2)
    assert row.tokens_revoked_at is not None


async def test_email_and_phone_are_free_again_and_the_id_is_not(
    client: httpx2.AsyncClient,
) -> None:
    anna = await join(client, "anna")
    await delete_me(client, anna)

    again = await join(client, "anna")

    assert (again.email, again.phone) == (anna.email, anna.phone)
    assert again.id != anna.id
    assert await User.filter(id=anna.id).exists()


async def test_nothing_in_the_database_remembers_who_left(
    client: httpx2.AsyncClient, database: ServiceDatabase
) -> None:
    anna = await join(client, "anna", full_name="Анна Каренина")
    await change_phone(client, anna, "+79990000001")
    await client.patch(ME, json={"full_name": "Анна Облонская"}, headers=anna.headers)
    body = {"email": "anna-new@example.com", "current_password": PASSWORD}
    asked = await client.post(f"{ME}/email", json=body, headers=anna.headers)
    assert asked.status_code == 202

    await delete_me(client, anna)

    told = await everything(database)
    personal = ("anna@", "anna-new", anna.phone[2:], "9990000001", "Каренина", "Облонская")
    assert [word for word in personal if word in told] == []
    assert str(anna.id) in told
    assert not await OutboxEmail.filter(user_id=anna.id).exists()


async def everything(database: ServiceDatabase) -> str:
    """Return all rows of all tables as text."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        rows = [
            row[0]
            for (table,) in tables
            for row in await connection.fetch(f'SELECT t::text FROM "{table}" t')
        ]
        return "\n".join(rows)
    finally:
        await connection.close()


async def test_the_last_administrator_cannot_leave(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")

    response = await delete_me(client, boss)

    assert (response.status_code, response.json()["error"]) == (409, "last_administrator")
    assert (await User.get(id=boss.id)).is_active
    assert not (await AuditEvent.get(event="account_deleted")).succeeded


async def test_of_the_last_two_administrators_who_leave_concurrently_one_stays(
    client: httpx2.AsyncClient,
) -> None:
    one, other = await join(client, "one", "admin"), await join(client, "other", "admin")

    responses = await asyncio.gather(delete_me(client, one), delete_me(client, other))

    assert sorted(response.status_code for response in responses) == [204, 409]
    assert await User.filter(roles__contains=["admin"], is_active=True).count() == 1


async def test_leaving_twice_concurrently_is_leaving_once(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna")

    responses = await asyncio.gather(*(delete_me(client, anna) for _ in range(3)))

    assert sorted(response.status_code for response in responses) == [204, 401, 401]
    assert await AuditEvent.filter(event="account_deleted", succeeded=True).count() == 1
