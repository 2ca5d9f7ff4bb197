"""The clock of a worker: what takes long never keeps what is due waiting."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI

from mailing_service.mailings.running.ticking import ticking
from mailing_service.models.mailings import Run
from mailing_service.tests.conftest import Person
from mailing_service.tests.writing import approved, run_of, settings_of, status_of

pytestmark = pytest.mark.usefixtures("empty_tables")


async def until(status: str, mailing_id: int) -> None:
    async with asyncio.timeout(20):
        while await status_of(mailing_id) != status:
            await asyncio.sleep(0.02)


async def test_a_worker_starts_what_is_due_while_deliveries_are_written(
    app: FastAPI, anna: Person, boris: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()
    fills = 0

    async def slow_fill(run_id: int) -> bool:
        del run_id
        nonlocal fills
        fills += 1
        await written.wait()
        return True

    monkeypatch.setattr("mailing_service.mailings.running.clock.fill", slow_fill)
    settings = settings_of(app, tick=timedelta(milliseconds=50))
    first = await approved(anna, manager)
    async with ticking(settings, lambda: True):
        await until("running", first)
        second = await approved(boris, manager)
        await until("running", second)
        assert fills == 1
        written.set()


async def test_it_writes_deliveries_and_ends_with_its_worker(
    app: FastAPI, anna: Person, manager: Person
) -> None:
    mailing_id = await approved(anna, manager)
    async with ticking(settings_of(app, tick=timedelta(milliseconds=50)), lambda: True):
        async with asyncio.timeout(20):
            while not await Run.filter(is_sending=True).exists():
                await asyncio.sleep(0.02)

    assert (await run_of(mailing_id)).total == 2


async def test_a_fault_is_met_again_at_the_next_tick(
    app: FastAPI, anna: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([RuntimeError("once"), ConnectionError("away")])

    async def work_off() -> None:
        fault = next(faults, None)
        if fault is None:
            done.set()
            return
        raise fault

    done = asyncio.Event()
    monkeypatch.setattr("mailing_service.mailings.running.ticking.work_off", work_off)
    await approved(anna, manager)
    async with ticking(settings_of(app, tick=timedelta(milliseconds=50)), lambda: False):
        async with asyncio.timeout(20):
            await done.wait()
