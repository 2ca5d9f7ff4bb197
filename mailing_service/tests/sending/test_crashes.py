"""Workers and PostgreSQL are killed: still nobody gets two emails, and nobody is left out."""

import asyncio
import random
import signal
from asyncio.subprocess import Process
from functools import partial

import pytest

from mailing_service.models.deliveries import Attempt
from mailing_service.orm import APP
from mailing_service.tests.sending.waiting import counts_of, until, until_over
from testing.database import ServiceDatabase, migrated_database
from testing.mailing.processes import sink_process, start_worker
from testing.mailing.runs import addresses, assert_counts_are_exact, orm, running_run
from testing.outage import KillableServer

CONNECTIONS = 10
MANY = pytest.mark.soak


async def sent(run_id: int) -> int:
    return (await counts_of(run_id)).get("sent", 0)


async def end(workers: list[Process], number: signal.Signals) -> None:
    for worker in workers:
        if worker.returncode is None:
            worker.send_signal(number)
        await worker.wait()


@pytest.mark.usefixtures("models", "empty_tables")
@pytest.mark.parametrize("recipients", [2_000, pytest.param(10_000, marks=MANY)])
async def test_four_workers_send_each_email_once(
    database: ServiceDatabase, recipients: int
) -> None:
    run = await running_run(addresses(recipients))
    async with sink_process() as sink:
        workers = [await start_worker(database.runtime_url, sink.port) for _ in range(4)]
        assert await until_over(run.id, within=120) == {"sent": recipients}
        await end(workers, signal.SIGTERM)

    assert [worker.returncode for worker in workers] == [0] * 4
    assert sink.figures["emails"] == sink.figures["recipients"] == recipients
    await assert_counts_are_exact(database.owner_url)


@pytest.mark.usefixtures("models", "empty_tables")
@pytest.mark.parametrize(
    ("kills", "recipients"), [(3, 2_000), pytest.param(20, 10_000, marks=MANY)]
)
async def test_killed_workers_lose_nothing_and_repeat_nothing(
    database: ServiceDatabase, kills: int, recipients: int
) -> None:
    run = await running_run(addresses(recipients))
    async with sink_process() as sink:
        worker = await start_worker(database.runtime_url, sink.port)
        for number in range(1, kills + 1):
            share = recipients * number // (kills + 1)
            await until(partial(_has_sent, run.id, share), within=120)
            await asyncio.sleep(random.uniform(0, 0.05))
            worker.kill()
            await worker.wait()
            worker = await start_worker(database.runtime_url, sink.port)
        counts = await until_over(run.id, within=120)
        await end([worker], signal.SIGTERM)

    uncertain = counts.get("uncertain", 0)
    assert counts["sent"] + uncertain == recipients
    assert uncertain <= kills * 2 * CONNECTIONS
    assert sink.figures["emails"] == sink.figures["recipients"]
    assert counts["sent"] <= sink.figures["emails"] <= recipients
    assert await Attempt.filter(outcome="uncertain").count() == uncertain
    await assert_counts_are_exact(database.owner_url)


async def _has_sent(run_id: int, number: int) -> bool:
    return await sent(run_id) >= number


@pytest.mark.usefixtures("models", "empty_tables")
async def test_sigterm_finishes_what_is_under_way_and_gives_back_the_rest(
    database: ServiceDatabase,
) -> None:
    run = await running_run(addresses(3_000))
    async with sink_process() as sink:
        worker = await start_worker(database.runtime_url, sink.port)
        await until(lambda: _has_sent(run.id, 100))
        await end([worker], signal.SIGTERM)
        counts = await counts_of(run.id)

    assert worker.returncode == 0
    assert counts == {"sent": sink.figures["emails"], "pending": 3_000 - sink.figures["emails"]}
    await assert_counts_are_exact(database.owner_url)


async def test_a_killed_postgresql_costs_nobody_an_email(killable: KillableServer) -> None:
    async with migrated_database(killable.url, app=APP) as database, sink_process() as sink:
        async with orm(database.runtime_url, is_global=False):
            run = await running_run(addresses(2_000))
        worker = await start_worker(database.runtime_url, sink.port)
        for _ in range(2):
            await asyncio.sleep(0.7)
            await killable.kill_and_start()
        async with orm(database.runtime_url, is_global=False):
            counts = await until_over(run.id, within=120)
        await end([worker], signal.SIGTERM)
        await assert_counts_are_exact(database.owner_url)

    assert worker.returncode == 0
    assert counts["sent"] + counts.get("uncertain", 0) == 2_000
    assert counts.get("uncertain", 0) <= 2 * 2 * CONNECTIONS
    assert sink.figures["emails"] == sink.figures["recipients"]
    assert sink.figures["emails"] >= counts["sent"]
