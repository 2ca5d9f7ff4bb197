"""Statistics equal what SQL counts, at every moment."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.caller import SYSTEM
from mailing_service.deliveries.access import Reader
from mailing_service.deliveries.moving import moving
from mailing_service.models.deliveries import AttemptOutcome, Delivery, DeliveryState, HourCount
from mailing_service.models.mailings import Mailing, Run
from mailing_service.statistics import service
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from mailing_service.tests.writing import add_message
from shared import clock
from shared.access.principal import Principal
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, assert_counts_are_exact, orm, running_run

pytestmark = pytest.mark.usefixtures("empty_tables")
NOTHING = dict.fromkeys(DeliveryState, 0)
STEPS = (
    (DeliveryState.PENDING, DeliveryState.CLAIMED),
    (DeliveryState.CLAIMED, DeliveryState.SENDING),
    (DeliveryState.CLAIMED, DeliveryState.PENDING),
    (DeliveryState.SENDING, DeliveryState.SENT),
    (DeliveryState.SENDING, DeliveryState.FAILED),
    (DeliveryState.FAILED, DeliveryState.PENDING),
)


async def of(client: httpx2.AsyncClient, path: str) -> Any:
    """Return statistics that are shown."""
    response = await client.get(f"/api/v1/{path}statistics")
    assert response.status_code == 200, response.text
    return response.json()


async def test_nobody_sees_any_without_a_token(stranger: httpx2.AsyncClient) -> None:
    for path in ("", "mailings/1/", "messages/1/"):
        response = await stranger.get(f"/api/v1/{path}statistics")
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_others_are_not_there_but_a_mailings_for_staff(
    anna: Person, boris: Person, manager: Person, admin: Person
) -> None:
    message = await add_message(anna.id)
    run = await running_run(addresses(2), owner_id=anna.id, message_id=message.id)
    mailing = f"/api/v1/mailings/{run.mailing_id}/statistics"
    assert (await boris.client.get(mailing)).status_code == 404
    for person in (boris, manager, admin):
        path = f"/api/v1/messages/{message.id}/statistics"
        assert (await person.client.get(path)).status_code == 404
        assert (await of(person.client, ""))["deliveries"] == 0
    for person in (manager, admin):
        assert (await person.client.get(mailing)).json()["deliveries"] == 2
        assert (await person.client.get("/api/v1/mailings/999/statistics")).status_code == 404


async def test_a_deleted_mailing_is_counted_and_not_shown_to_its_owner(anna: Person) -> None:
    run = await running_run(addresses(2), owner_id=anna.id)
    await Mailing.filter(id=run.mailing_id).update(deleted_at=clock.now())
    path = f"/api/v1/mailings/{run.mailing_id}/statistics"
    assert (await anna.client.get(path)).status_code == 404
    assert (await of(anna.client, ""))["deliveries"] == 2


async def test_they_are_of_all_runs_and_of_each(anna: Person) -> None:
    message = await add_message(anna.id)
    one = await running_run(addresses(3), owner_id=anna.id, message_id=message.id)
    other = await running_run(addresses(2), owner_id=anna.id, message_id=message.id)
    await running_run(addresses(4), owner_id=anna.id)
    async with moving() as moves:
        await moves.of_run(other.id, DeliveryState.EXPIRED, before=DeliveryState.PENDING)

    mailing = await of(anna.client, f"mailings/{one.mailing_id}/")
    of_message = await of(anna.client, f"messages/{message.id}/")
    own = await of(anna.client, "")

    assert (mailing["deliveries"], mailing["counts"]) == (3, NOTHING | {"pending": 3})
    assert [run["id"] for run in mailing["runs"]] == [one.id]
    assert of_message["counts"] == NOTHING | {"pending": 3, "expired": 2}
    assert [(run["id"], run["mailing_id"], run["number"]) for run in of_message["runs"]] == [
        (other.id, other.mailing_id, 1),
        (one.id, one.mailing_id, 1),
    ]
    assert of_message["runs"][0]["counts"] == NOTHING | {"expired": 2}
    assert own["counts"] == NOTHING | {"pending": 7, "expired": 2}


async def test_one_that_never_ran_has_none(anna: Person) -> None:
    run = await running_run([], owner_id=anna.id)
    await Run.filter(id=run.id).delete()
    empty = {"deliveries": 0, "counts": NOTHING, "hours": []}
    assert await of(anna.client, f"mailings/{run.mailing_id}/") == empty | {"runs": []}
    assert await of(anna.client, "") == empty


async def test_attempts_are_shown_by_hour_the_first_first(anna: Person) -> None:
    run = await running_run(addresses(1), owner_id=anna.id)
    other = await running_run(addresses(1), owner_id=anna.id)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    for of_run, ago, outcome, count in (
        (run, 0, AttemptOutcome.SENT, 5),
        (run, 2, AttemptOutcome.SENT, 7),
        (run, 2, AttemptOutcome.TEMPORARY, 1),
        (other, 2, AttemptOutcome.SENT, 100),
        *((run, 3 + n, AttemptOutcome.SENT, 1) for n in range(800)),
    ):
        await HourCount.create(
            run_id=of_run.id, hour=hour - timedelta(hours=ago), outcome=outcome, count=count
        )
    hours = (await of(anna.client, f"mailings/{run.mailing_id}/"))["hours"]
    assert len(hours) == 744
    assert hours == sorted(hours, key=lambda one: one["hour"])
    none = dict.fromkeys(AttemptOutcome, 0)
    assert [one["attempts"] for one in hours[-2:]] == [
        none | {"sent": 7, "temporary_failure": 1},
        none | {"sent": 5},
    ]
    assert (await of(anna.client, ""))["hours"][-2]["attempts"]["sent"] == 107


async def test_they_equal_sqls_counts_while_four_move_deliveries(
    database: ServiceDatabase, app: FastAPI
) -> None:
    del app  # it would be the global connection
    async with orm(database.runtime_url, pool_size=8, is_global=False):
        run = await running_run(addresses(60))
        ids = [row["id"] for row in await Delivery.filter(run_id=run.id).values("id")]
        enough = asyncio.Event()
        movers = [asyncio.create_task(_move(ids, seed, enough)) for seed in range(4)]
        for _ in range(8):
            await _assert_whole(run)
            await assert_counts_are_exact(database.runtime_url)
        enough.set()
        await asyncio.gather(*movers)
        shown = await service.statistics_of_owner(run.owner_id)
        rows = Counter(await Delivery.filter(run_id=run.id).values_list("state", flat=True))
        assert shown.counts == NOTHING | {DeliveryState(str(key)): n for key, n in rows.items()}


async def _move(ids: list[int], seed: int, enough: asyncio.Event) -> None:
    chance = random.Random(seed)
    while not enough.is_set():
        async with moving() as moves:
            before, after = chance.choice(STEPS)
            await moves.these(sorted(chance.sample(ids, 20)), after, before=[before])


async def _assert_whole(run: Run) -> None:
    principal = Principal(run.owner_id, UUID(int=0), frozenset(), True, False)
    reader = Reader(principal, SYSTEM, is_staff=False, is_administrator=False)
    shown = await service.statistics_of_mailing(run.mailing_id, reader=reader)
    assert shown.deliveries == 60
    assert shown.counts == shown.runs[0].counts
