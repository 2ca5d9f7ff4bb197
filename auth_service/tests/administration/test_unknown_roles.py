"""Roles that a later version stores while this one answers: they are shown, and grant nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from auth_service.models import User
from auth_service.tests.conftest import bearer, refresh
from auth_service.tests.people import USERS, Person, act, join
from auth_service.tests.transfer.conftest import run
from testing.database import ServiceDatabase

LATER = "courier"


@pytest.fixture(autouse=True)
async def later_schema(database: ServiceDatabase) -> AsyncIterator[None]:
    """Let any role be stored, as a later migration may."""
    connection = await asyncpg.connect(database.owner_url)
    find = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'users_roles_known'"
    definition = await connection.fetchval(find)
    await connection.execute("ALTER TABLE users DROP CONSTRAINT users_roles_known")
    yield
    await connection.execute("TRUNCATE users CASCADE")
    await connection.execute(f"ALTER TABLE users ADD CONSTRAINT users_roles_known {definition}")
    await connection.close()


@pytest.fixture
async def blogger(client: httpx2.AsyncClient) -> Person:
    return await join(client, "blogger", LATER)


async def test_every_response_about_people_shows_it(
    client: httpx2.AsyncClient, blogger: Person
) -> None:
    boss = await join(client, "boss", "admin", LATER)
    answers = [
        await client.get(f"{USERS}/me", headers=blogger.headers),
        await client.patch(f"{USERS}/me", json={"full_name": "B"}, headers=blogger.headers),
        await act(client, boss, "GET", f"/{blogger.id}"),
        await act(client, boss, "PATCH", f"/{blogger.id}", {"full_name": "C"}),
    ]

    assert [answer.json().get("roles") for answer in answers] == [["user", LATER]] * 4
    listed = (await client.get(USERS, headers=boss.headers)).json()["items"]
    assert [user["roles"] for user in listed] == [["user", "admin", LATER], ["user", LATER]]


async def test_a_session_goes_on_with_it_and_it_grants_nothing(
    client: httpx2.AsyncClient, blogger: Person
) -> None:
    renewed = await refresh(client, blogger.pair["refresh_token"])

    assert renewed.status_code == 200
    headers = bearer(renewed.json())
    assert (await client.get(f"{USERS}/me", headers=headers)).status_code == 200
    assert (await client.get(USERS, headers=headers)).status_code == 403


async def test_a_manager_may_not_block_somebody_whose_role_is_unknown(
    client: httpx2.AsyncClient, blogger: Person
) -> None:
    manager = await join(client, "manager", "manager")

    answer = await act(client, manager, "POST", f"/{blogger.id}/block")

    assert (answer.status_code, answer.json()["error"]) == (403, "only_for_administrators")


async def test_it_cannot_be_given(client: httpx2.AsyncClient, blogger: Person) -> None:
    boss = await join(client, "boss", "admin")

    answer = await act(client, boss, "PUT", f"/{blogger.id}/roles", {"roles": [LATER]})

    assert answer.status_code == 422
    answer = await act(client, boss, "PUT", f"/{blogger.id}/roles", {"roles": ["manager"]})
    assert answer.json()["roles"] == ["user", "manager"]
    assert (
        await client.get(USERS, params={"role": LATER}, headers=boss.headers)
    ).status_code == 422


async def test_commands_carry_it(
    client: httpx2.AsyncClient,
    blogger: Person,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "users.jsonl"

    assert await run("export-users", str(file)) == 0
    assert json.loads(file.read_text())["roles"] == ["user", LATER]
    assert await run("block", blogger.email) == 0
    assert (await User.get(id=blogger.id)).roles == ["user", LATER]
