"""The feed of accounts: guarded, bounded, and complete whatever commits when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from auth_service import retention
from auth_service.account_feed import service
from auth_service.models import AccountChange, AccountFeed, User
from auth_service.tests.account_feed.reader import Follower
from auth_service.tests.conftest import (
    auth_settings,
    register,
    sign_in,
)
from testing.database import ServiceDatabase

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def follower(client: httpx2.AsyncClient) -> Follower:
    return Follower(client)


@pytest.fixture
async def other(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside those of the service."""
    connection = await asyncpg.connect(database.runtime_url)
    yield connection
    await connection.close()


async def some_accounts(count: int) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    await User.bulk_create([User(id=id_, full_name="A", password_hash="!") for id_ in ids])
    return ids


async def test_it_is_in_no_document(client: httpx2.AsyncClient) -> None:
    assert "internal" not in (await client.get("/openapi.json")).text


async def test_an_account_is_shown_without_what_only_auth_needs(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    account = await register(client)

    await follower.read()

    assert follower.accounts[account["id"]] == {
        "id": account["id"],
        "is_erased": False,
        "full_name": "Анна Петрова",
        "email": None,
        "is_email_verified": False,
        "is_active": True,
        "roles": ["user"],
        "language": "en",
        "time_zone": "UTC",
    }


async def test_an_address_is_shown_once_it_is_verified(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    account = await register(client)
    await follower.read()
    await User.filter(id=account["id"]).update(is_email_verified=True)

    assert await follower.read() == [account["id"]]

    assert follower.accounts[account["id"]]["email"] == account["email"]


async def test_what_has_not_changed_does_not_come_again(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    await register(client)
    await follower.read()
    await sign_in(client)
    await User.all().update(token_version=7)

    assert await follower.read() == []


async def test_an_old_cursor_gives_the_same_again(
    client: httpx2.AsyncClient, follower: Follower
) -> None:
    await follower.read()
    before = follower.cursor
    await register(client)
    await follower.read()
    known = dict(follower.accounts)
    follower.cursor = before

    await follower.read()

    assert follower.accounts == known
    assert follower.restarts == 1


async def test_what_commits_late_comes_late_and_not_never(
    follower: Follower, other: asyncpg.Connection
) -> None:
    early, late = await some_accounts(2)
    await follower.read()
    open_transaction = other.transaction()
    await open_transaction.start()
    await other.execute("UPDATE users SET full_name = 'late' WHERE id = $1", late)
    await User.filter(id=early).update(full_name="early")

    assert await follower.read() == [str(early)]
    assert await follower.read() == []
    await open_transaction.commit()

    assert await follower.read() == [str(late)]
    assert follower.accounts[str(late)]["full_name"] == "late"


async def test_what_commits_while_all_accounts_are_copied_comes_after_them(
    follower: Follower, other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 2)
    ids = sorted(await some_accounts(5))
    open_transaction = other.transaction()
    await open_transaction.start()
    await other.execute("UPDATE users SET full_name = 'late' WHERE id = $1", ids[0])
    await follower.page()
    await User.filter(id=ids[1]).update(full_name="meanwhile")
    await open_transaction.commit()

    await follower.read()

    assert {key: account["full_name"] for key, account in follower.accounts.items()} == {
        str(id_): name for id_, name in zip(ids, ("late", "meanwhile", "A", "A", "A"), strict=True)
    }


async def test_a_transaction_of_another_database_holds_nothing_up(
    follower: Follower, postgres_url: str
) -> None:
    [account] = await some_accounts(1)
    await follower.read()
    elsewhere = await asyncpg.connect(postgres_url)
    try:
        async with elsewhere.transaction():
            await elsewhere.fetchval("SELECT pg_current_xact_id()::text")
            await User.filter(id=account).update(full_name="B")

            assert await follower.read() == [str(account)]
    finally:
        await elsewhere.close()


async def test_pages_are_bounded(follower: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PAGE", 3)
    ids = await some_accounts(7)
    sizes = [len((await follower.page())["accounts"]) for _ in range(4)]
    await User.all().update(full_name="B")
    sizes += [len((await follower.page())["accounts"]) for _ in range(4)]

    assert sizes == [3, 3, 1, 0, 3, 3, 1, 0]
    assert set(follower.accounts) == {str(id_) for id_ in ids}


async def test_a_rolled_back_change_never_comes(follower: Follower) -> None:
    [account] = await some_accounts(1)
    await follower.read()
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await User.filter(id=account).update(full_name="B")
            raise ZeroDivisionError

    assert await follower.read() == []


@pytest.mark.parametrize("cursor", ["x", "0" * 16 + ".5", "0" * 16 + ".99.", "-1", " "])
async def test_a_cursor_of_elsewhere_makes_the_follower_copy_anew(
    follower: Follower, cursor: str
) -> None:
    await some_accounts(2)
    await follower.read()
    follower.cursor = cursor

    assert len(await follower.read()) == 2
    assert follower.restarts == 2


async def test_whoever_slept_through_the_retention_copies_anew(follower: Follower) -> None:
    ids = await some_accounts(3)
    await follower.read()
    await User.filter(id=ids[0]).delete()
    await AccountChange.all().update(changed_at=LONG_AGO)
    settings = auth_settings("postgres://auth@localhost/auth")

    assert await retention.rules(settings)["account-changes"]() == 3
    await follower.read()

    assert follower.restarts == 2
    assert set(follower.accounts) == {str(id_) for id_ in ids[1:]}
    assert await follower.read() == []
    assert await retention.rules(settings)["account-changes"]() == 0


async def test_a_change_within_the_retention_is_kept(follower: Follower) -> None:
    old, new = await some_accounts(2)
    await AccountChange.filter(account_id=old).update(changed_at=LONG_AGO)
    await follower.read()
    settings = auth_settings("postgres://auth@localhost/auth")

    assert await retention.rules(settings)["account-changes"]() == 1

    assert await AccountChange.all().values_list("account_id", flat=True) == [new]
    assert await AccountFeed.all().count() == 1
    assert await follower.read() == []
    assert follower.restarts == 1


async def test_twenty_writers_and_a_follower_agree_in_the_end(
    app: FastAPI, follower: Follower, database: ServiceDatabase
) -> None:
    del app
    ids = await some_accounts(20)
    writing = True

    async def write(number: int) -> None:
        connection = await asyncpg.connect(database.runtime_url)
        for round_ in range(15):
            async with connection.transaction():
                for id_ in sorted((ids[number], ids[(number + round_) % 20])):
                    await connection.execute(
                        "UPDATE users SET full_name = $1 WHERE id = $2", f"{number}.{round_}", id_
                    )
                    await asyncio.sleep(0.001 * (number % 3))
        await connection.close()

    async def follow() -> None:
        while writing:
            await follower.read()

    following = asyncio.create_task(follow())
    await asyncio.gather(*map(write, range(20)))
    writing = False
    await following
    await follower.read()

    names = dict(await User.all().values_list("id", "full_name"))
    assert follower.accounts.keys() == {str(id_) for id_ in names}
    for id_, name in names.items():
        assert follower.accounts[str(id_)]["full_name"] == name
