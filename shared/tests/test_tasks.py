"""What runs beside the requests ends, although a cancellation may get lost on its way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.periodic import every
from shared.tasks import end


class Losing:
    """A job that loses the first cancellation, as `asyncio.wait_for` of Python 3.11 may."""

    def __init__(self) -> None:
        self.is_working = asyncio.Event()
        self.has_lost = False

    async def __call__(self) -> None:
        self.is_working.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if self.has_lost:
                raise
            self.has_lost = True


async def for_ever(job: Callable[[], Awaitable[None]]) -> None:
    while True:
        await job()


async def test_a_loop_ends_that_loses_a_cancellation() -> None:
    job = Losing()
    task = asyncio.create_task(for_ever(job))
    await job.is_working.wait()

    await asyncio.wait_for(end(task), 30)

    assert job.has_lost
    assert task.cancelled()


async def test_what_is_done_every_so_often_ends() -> None:
    job = Losing()
    async with asyncio.timeout(30), every(timedelta(milliseconds=1), job, name="lose"):
        await job.is_working.wait()

    assert job.has_lost


async def test_what_fails_because_it_is_cancelled_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    is_working = asyncio.Event()

    async def job() -> None:
        is_working.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise ValueError from None  # asyncpg raises such, too

    async with asyncio.timeout(30), every(timedelta(milliseconds=1), job, name="fail"):
        await is_working.wait()

    assert not caplog.records


async def test_what_a_task_raises_stays_with_it(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)

    await end(task)

    assert isinstance(task.exception(), ValueError)
    assert not caplog.records
