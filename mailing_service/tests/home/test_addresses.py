"""How many different addresses there are: exact at every moment, beside all who write."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from mailing_service.home import addresses
from mailing_service.home.addresses import count_addresses, recount
from mailing_service.models.recipients import AddressChange, AddressCount, Recipient
from mailing_service.tests.writing import HASHER, add_recipients
from shared.database.statements import fetch
from testing.database import ServiceDatabase

pytestmark = pytest.mark.usefixtures("app", "empty_tables")

ANNA, BORIS = UUID(int=1), UUID(int=2)


@pytest.fixture
async def settled() -> None:
    """Nothing is marked."""
    await recount()
    assert not await AddressChange.exists()


async def counted() -> int:
    """Count without what is kept."""
    rows = await Recipient.all().distinct().values_list("email_hash", flat=True)
    return len(rows)


async def assert_exact() -> None:
    """Be right before a worker has been round, and after it, by what is kept alone."""
    assert await count_addresses() == await counted()
    await recount()
    assert not await AddressChange.exists()
    assert await count_addresses() == await counted()
    assert sum([each.addresses async for each in AddressCount.all()]) == await counted()


@pytest.mark.usefixtures("settled")
async def test_whatever_is_done_with_recipients_is_counted() -> None:
    ids = await add_recipients(ANNA, 300)
    await assert_exact()
    await add_recipients(BORIS, 200)
    await assert_exact()
    await Recipient.filter(id__in=ids[:250]).delete()
    await assert_exact()
    changed = HASHER.hash_of("another@example.com")
    await Recipient.filter(id=ids[-1]).update(email_hash=changed)
    await assert_exact()
    await Recipient.filter(owner_id=BORIS).delete()
    await Recipient.all().delete()
    await assert_exact()
    assert await count_addresses() == 0


@pytest.mark.usefixtures("settled")
async def test_a_change_of_anything_else_leaves_no_mark() -> None:
    ids = await add_recipients(ANNA, 3)
    await recount()
    await Recipient.filter(id__in=ids).update(full_name="Anna")
    assert not await AddressChange.exists()


@pytest.mark.usefixtures("settled")
async def test_what_is_taken_back_was_never_counted() -> None:
    with pytest.raises(RuntimeError):
        async with in_transaction():
            await add_recipients(ANNA, 3)
            assert await count_addresses() == 3
            raise RuntimeError
    assert not await AddressChange.exists()
    assert await count_addresses() == 0


async def test_an_emptied_table_has_none(database: ServiceDatabase) -> None:
    await add_recipients(ANNA, 3)
    await recount()
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("TRUNCATE recipients CASCADE")
    await connection.close()
    await assert_exact()


@pytest.fixture
async def other(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """Another who writes, one step at a time."""
    connection = await asyncpg.connect(database.runtime_url)
    yield connection
    await connection.close()


INSERT = """
    INSERT INTO recipients (owner_id, email, canonical_email, email_hash, full_name, searchable,
        comment, custom_fields) VALUES ($1, $2, $2, $3, '', '', '', '{}')
"""


@pytest.mark.usefixtures("settled")
async def test_who_commits_late_waits_for_nobody_and_is_not_forgotten(
    other: asyncpg.Connection,
) -> None:
    """A byte is counted while somebody who has added to it has not committed yet."""
    email = "person0@example.com"
    async with asyncio.timeout(10):
        transaction = other.transaction()
        await transaction.start()
        await other.execute(INSERT, ANNA, email, HASHER.hash_of(email))
        await add_recipients(BORIS, 1)  # the same address, committed before
        await recount()
        assert await count_addresses() == 1
        await other.execute(INSERT, ANNA, "b@example.com", HASHER.hash_of("b@example.com"))
        await transaction.commit()
    assert await count_addresses() == 2
    await assert_exact()


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("is_before", [True, False])
async def test_who_commits_while_addresses_are_counted_is_counted_next(
    other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, *, is_before: bool
) -> None:
    email = "person0@example.com"
    await add_recipients(ANNA, 1)
    await Recipient.all().delete()
    transaction = other.transaction()
    await transaction.start()
    await other.execute(INSERT, BORIS, email, HASHER.hash_of(email))

    async def fetch_and_commit(query: Any, run: Any) -> None:
        if is_before:
            await transaction.commit()
        await fetch(query, run)
        if not is_before:
            await transaction.commit()

    monkeypatch.setattr(addresses, "fetch", fetch_and_commit)
    await recount()
    monkeypatch.undo()
    assert await count_addresses() == 1
    await assert_exact()


@pytest.mark.usefixtures("settled")
async def test_what_a_worker_is_counting_is_left_to_it(other: asyncpg.Connection) -> None:
    await add_recipients(ANNA, 1)
    async with asyncio.timeout(10):
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT FROM address_counts FOR UPDATE")
        await recount()
        assert await AddressChange.exists()
        await transaction.rollback()
    await assert_exact()


@pytest.mark.usefixtures("settled")
async def test_many_who_write_and_count_concurrently_never_see_a_wrong_number() -> None:
    """Each writer adds addresses that all share and one of its own, and removes some."""
    owners = [uuid4() for _ in range(4)]
    seen: list[int] = []

    async def write(number: int) -> None:
        for turn in range(5):
            await add_recipients(owners[number], 5, name=f"shared{turn}x")
            await add_recipients(owners[number], 1, name=f"own{number}x{turn}x")
        await Recipient.filter(owner_id=owners[number], email__startswith="own").delete()

    async def look() -> None:
        for _ in range(20):
            await recount()
            seen.append(await count_addresses())

    async with asyncio.timeout(60):
        await asyncio.gather(*map(write, range(4)), look(), look())
    assert max(seen) <= 5 * 5 + 4 * 5
    await assert_exact()
    assert await count_addresses() == 5 * 5
