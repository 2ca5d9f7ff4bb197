"""The role of who writes articles: given like the others, once the database lets it in."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from auth_service.models import User
from auth_service.tests.people import USERS, act, join
from auth_service.tests.transfer.conftest import account, run
from testing.database import ServiceDatabase

ROLE = "blog_manager"
BEFORE = "roles <@ ARRAY['user', 'manager', 'admin'] AND cardinality(roles) > 0"


@pytest.fixture
async def before_the_migration(app: FastAPI, database: ServiceDatabase) -> AsyncIterator[None]:
    """A schema that the last step of the upgrade is still to come to."""
    del app
    connection = await asyncpg.connect(database.owner_url)
    find = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'users_roles_known'"
    definition = await connection.fetchval(find)
    replace = (
        "ALTER TABLE users DROP CONSTRAINT users_roles_known, ADD CONSTRAINT users_roles_known"
    )
    await connection.execute(f"{replace} CHECK ({BEFORE})")
    yield
    await connection.execute("TRUNCATE users CASCADE")
    await connection.execute(f"{replace} {definition}")
    await connection.close()


async def test_an_administrator_gives_and_takes_it(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    writer = await join(client, "writer")

    given = await act(client, boss, "PUT", f"/{writer.id}/roles", {"roles": [ROLE]})
    assert (given.status_code, given.json()["roles"]) == (200, ["user", ROLE])
    found = await client.get(USERS, params={"role": ROLE}, headers=boss.headers)
    assert [user["id"] for user in found.json()["items"]] == [str(writer.id)]
    taken = await act(client, boss, "PUT", f"/{writer.id}/roles", {"roles": []})
    assert taken.json()["roles"] == ["user"]


async def test_a_manager_may_not_block_one(client: httpx2.AsyncClient) -> None:
    manager = await join(client, "manager", "manager")
    writer = await join(client, "writer", ROLE)

    answer = await act(client, manager, "POST", f"/{writer.id}/block")

    assert (answer.status_code, answer.json()["error"]) == (403, "only_for_administrators")


@pytest.mark.usefixtures("before_the_migration")
async def test_until_the_upgrade_is_complete_it_cannot_be_given(client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    writer = await join(client, "writer")

    refused = await act(client, boss, "PUT", f"/{writer.id}/roles", {"roles": [ROLE]})

    assert (refused.status_code, refused.json()["error"]) == (409, "role_not_yet_available")
    assert (await User.get(id=writer.id)).roles == ["user"]
    given = await act(client, boss, "PUT", f"/{writer.id}/roles", {"roles": ["manager"]})
    assert given.json()["roles"] == ["user", "manager"]


@pytest.mark.usefixtures("before_the_migration")
async def test_until_then_commands_say_so_too(
    client: httpx2.AsyncClient,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del environment
    writer = await join(client, "writer")
    file = tmp_path / "users.jsonl"
    file.write_text(json.dumps(account(roles=["user", ROLE])) + "\n")

    assert await run("set-role", writer.email, ROLE) == 1
    assert await run("import-users", str(file)) == 1

    assert capsys.readouterr().err.count("once the upgrade is complete") == 2
    assert await User.all().count() == 1
