"""Moves of deliveries: conditional, counted exactly, and never in each other's way."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from mailing_service.deliveries.moving import moving
from mailing_service.deliveries.transitions import FOLLOWING, may_become
from mailing_service.models.deliveries import CountChange, Delivery, DeliveryState, RunCount
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, assert_counts_are_exact, orm, running_run

State = DeliveryState
pytestmark = pytest.mark.usefixtures("models", "empty_tables")


@pytest.fixture(scope="module")
async def models(database: ServiceDatabase) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


async def ids_of(run_id: int) -> list[int]:
    return [delivery.id for delivery in await Delivery.filter(run_id=run_id).order_by("id")]


async def counts_of(run_id: int) -> dict[str, int]:
    counts = await RunCount.filter(run_id=run_id, count__not=0).values_list("state", "count")
    return {state.value: count for state, count in counts}


async def test_only_what_is_in_the_expected_state_moves() -> None:
    run = await running_run(addresses(3))
    first, second, third = await ids_of(run.id)
    async with moving() as moves:
        await moves.these([first], State.SUPPRESSED, before=[State.PENDING], reason="unsubscribed")

    async with moving() as moves:
        moved = await moves.these([first, second, third], State.EXPIRED, before=[State.PENDING])

    assert {delivery.id for delivery in moved} == {second, third}
    assert await counts_of(run.id) == {"suppressed": 1, "expired": 2}
    suppressed = await Delivery.get(id=first)
    assert (suppressed.state, suppressed.state_reason) == (State.SUPPRESSED, "unsubscribed")


async def test_what_a_worker_has_leased_moves_for_that_worker_only() -> None:
    run = await running_run(addresses(1))
    mine, another = uuid4(), uuid4()
    ids = await ids_of(run.id)
    async with moving() as moves:
        await moves.these(ids, State.CLAIMED, before=[State.PENDING])
    await Delivery.filter(id__in=ids).update(leased_by=mine)

    for worker, expected in ((another, 0), (mine, 1)):
        async with moving() as moves:
            moved = await moves.these(ids, State.PENDING, before=[State.CLAIMED], worker=worker)
        assert len(moved) == expected
    assert (await Delivery.get(id=ids[0])).leased_by is None


async def test_a_run_is_moved_in_parts() -> None:
    run, other = await running_run(addresses(5)), await running_run(addresses(5))
    sizes = []
    for _ in range(4):
        async with moving() as moves:
            sizes.append(await moves.of_run(run.id, State.EXPIRED, before=State.PENDING, limit=2))

    assert sizes == [2, 2, 1, 0]
    assert await counts_of(run.id) == {"expired": 5}
    assert await counts_of(other.id) == {"pending": 5}


async def test_a_move_that_no_table_allows_is_refused() -> None:
    run = await running_run(addresses(1))
    with pytest.raises(ValueError, match="no delivery becomes pending from sent"):
        async with moving() as moves:
            await moves.these(await ids_of(run.id), State.PENDING, before=[State.SENT])
    assert await counts_of(run.id) == {"pending": 1}


@pytest.mark.parametrize("at_commit", [False, True])
async def test_what_fails_moves_nothing_and_counts_nothing(*, at_commit: bool) -> None:
    run = await running_run(addresses(2))
    await RunCount.filter(run_id=run.id, state=State.PENDING).update(count=1)
    with pytest.raises((IntegrityError, asyncpg.CheckViolationError)):
        async with moving(at_commit=at_commit) as moves:
            await moves.of_run(run.id, State.EXPIRED, before=State.PENDING)

    assert await Delivery.filter(state=State.PENDING).count() == 2
    assert not await CountChange.exists()


async def test_counts_equal_the_rows_at_every_moment_of_random_moves(
    database: ServiceDatabase,
) -> None:
    runs = [await running_run(addresses(40)) for _ in range(3)]
    ids = [number for run in runs for number in await ids_of(run.id)]
    leaving = [state for state in State if FOLLOWING[state]]
    moves_made = 0

    async def move_at_random(chance: random.Random) -> None:
        nonlocal moves_made
        for _ in range(25):
            before = chance.choice(leaving)
            to = chance.choice([state for state in leaving if may_become(before, state)])
            async with moving(at_commit=chance.random() < 0.5) as moves:
                some = chance.sample(ids, 30)  # in any order
                moves_made += len(await moves.these(some, to, before=[before]))
            async with moving(at_commit=chance.random() < 0.5) as moves:
                run = chance.choice(runs)
                moves_made += await moves.of_run(run.id, to, before=before, limit=3)

    tasks = [asyncio.create_task(move_at_random(random.Random(seed))) for seed in range(8)]
    while not all(task.done() for task in tasks):
        await assert_counts_are_exact(database.owner_url)
    await asyncio.gather(*tasks)

    assert moves_made > 200
    await assert_counts_are_exact(database.owner_url)
