"""Every way in which an account changes is in the feed; a restored database says that it is one."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr

from auth_service.account_feed.schemas import AccountState
from auth_service.models import User
from auth_service.orm import APP
from auth_service.tests.account_feed.reader import Follower
from auth_service.tests.conftest import REGISTRATION, register
from auth_service.tests.people import Person, act, join
from auth_service.tests.transfer.conftest import run
from auth_service.verification.purge import purge_unverified
from shared import clock
from shared.migrating.run import downgrade, migrate
from testing.database import ServiceDatabase
from testing.migrating import empty_database

VALUES: dict[str, Any] = {
    "full_name": "Another",
    "email": "another@example.com",
    "is_email_verified": True,
    "is_active": False,
    "roles": ["user", "manager"],
    "language": "ru",
    "time_zone": "Europe/Moscow",
    "archived_at": clock.now(),
}
EPOCH = "SELECT account_feed_epoch()"


@pytest.fixture
def follower(client: httpx2.AsyncClient) -> Follower:
    return Follower(client)


@pytest.fixture
async def boss(client: httpx2.AsyncClient) -> Person:
    return await join(client, "boss", "admin")


@pytest.fixture
async def customer(client: httpx2.AsyncClient) -> Person:
    return await join(client, "customer")


@pytest.mark.parametrize("column", VALUES)
async def test_a_change_of_each_column_that_is_shown_comes(
    client: httpx2.AsyncClient, follower: Follower, column: str
) -> None:
    account = await register(client)
    await follower.read()

    await User.filter(id=account["id"]).update(**{column: VALUES[column]})

    assert await follower.read() == [account["id"]]


def test_each_member_of_the_feed_is_such_a_column() -> None:
    assert AccountState.model_fields.keys() - {"id", "is_erased"} == VALUES.keys() - {"archived_at"}


async def test_what_people_and_staff_do_comes(
    client: httpx2.AsyncClient, follower: Follower, boss: Person, customer: Person
) -> None:
    id_ = str(customer.id)

    async def now() -> Any:
        assert id_ in await follower.read()
        return follower.accounts[id_]

    assert (await now())["is_active"] is True
    await act(client, boss, "POST", f"/{id_}/block")
    assert (await now())["is_active"] is False
    await act(client, boss, "POST", f"/{id_}/unblock")
    assert (await now())["is_active"] is True
    await act(client, boss, "PUT", f"/{id_}/roles", {"roles": ["manager"]})
    assert (await now())["roles"] == ["user", "manager"]
    await act(client, boss, "PATCH", f"/{id_}", {"full_name": "By the boss"})
    assert (await now())["full_name"] == "By the boss"
    await act(client, boss, "DELETE", f"/{id_}")
    assert await now() is None


async def test_a_person_who_deletes_their_account_is_erased(
    client: httpx2.AsyncClient, follower: Follower, customer: Person
) -> None:
    await follower.read()
    password = {"current_password": REGISTRATION["password"]}
    answer = await client.request(
        "DELETE", "/api/v1/users/me", json=password, headers=customer.headers
    )
    assert answer.status_code == 204, answer.text

    assert await follower.read() == [str(customer.id)]

    assert follower.accounts == {str(customer.id): None}


async def test_who_never_verified_an_address_is_erased_by_the_purge(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    account = await register(client)
    await follower.read()
    await User.all().update(created_at=clock.now() - timedelta(days=3))

    assert await purge_unverified(timedelta(days=2)) == 1

    assert await follower.read() == [account["id"]]
    assert follower.accounts[account["id"]] is None


async def test_a_row_that_an_operator_deletes_is_erased(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    account = await register(client)
    await follower.read()

    await User.filter(id=account["id"]).delete()

    assert await follower.read() == [account["id"]]
    assert follower.accounts[account["id"]] is None


async def test_what_a_command_does_comes(
    follower: Follower, customer: Person, environment: pytest.MonkeyPatch
) -> None:
    del environment
    await follower.read()

    assert await run("block", customer.email) == 0

    assert await follower.read() == [str(customer.id)]


async def test_a_database_that_is_made_anew_has_another_epoch(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        url = SecretStr(database.owner_url)
        await migrate(url, app=APP)
        first = await _ask(database.runtime_url, EPOCH)
        assert await _ask(database.runtime_url, EPOCH) == first
        name = database.owner_url.rpartition("/")[2]
        await _ask(postgres_url, f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        copied = await _ask(postgres_url.rpartition("/")[0] + f"/{name}_copy", EPOCH)
        await _ask(postgres_url, f"DROP DATABASE {name}_copy")
        await downgrade(url, app=APP, to=4)
        await migrate(url, app=APP)
        made_anew = await _ask(database.runtime_url, EPOCH)

    assert len({first, copied, made_anew}) == 3


async def test_a_follower_of_a_restored_database_copies_all_accounts(
    client: httpx2.AsyncClient, follower: Follower, database: ServiceDatabase
) -> None:
    await register(client)
    await follower.read()
    definition = await _ask(
        database.owner_url, "SELECT pg_get_functiondef('account_feed_epoch'::regproc)"
    )
    other = "CREATE OR REPLACE FUNCTION account_feed_epoch() RETURNS text LANGUAGE sql STABLE AS"
    await _ask(database.owner_url, f"{other} $$ SELECT '00000000deadbeef' $$")
    try:
        assert len(await follower.read()) == 1
        assert follower.restarts == 2
        assert await follower.read() == []
    finally:
        await _ask(database.owner_url, str(definition))


async def _ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
