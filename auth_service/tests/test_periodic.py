"""What is done again and again is done again after an outage, too."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from auth_service.models import User
from shared.periodic import every
from testing.outage import Cable

pytestmark = pytest.mark.timing


async def test_a_job_whose_transaction_broke_is_done_when_the_database_is_back(
    app: FastAPI, cable: Cable
) -> None:
    await User.all().count()  # so that the pool has a connection that can break
    cut, failed, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job() -> None:
        await cut.wait()
        try:
            async with in_transaction():
                await User.all().count()
        except BaseException:
            failed.set()
            raise
        done.set()

    async with asyncio.timeout(20), every(timedelta(seconds=0.01), job, name="look"):
        await asyncio.sleep(0.05)
        cable.cut()
        cut.set()
        await failed.wait()
        await cable.connect()
        await done.wait()
