"""A database that was restored in the middle of a mailing: nothing is sent by itself."""

import asyncio
from datetime import timedelta

import asyncpg
from tortoise.transactions import in_transaction

from mailing_service.deliveries.moving import moving
from mailing_service.mailings.running.clock import tick
from mailing_service.mailings.running.holding import release
from mailing_service.mailings.status import moves, runs
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, Run
from mailing_service.tests.sending.conftest import Sending, settings_for
from mailing_service.tests.sending.waiting import counts_of, until_over
from shared import clock
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, running_run
from testing.smtp.sink import Sink


async def test_nothing_is_sent_before_its_owner_resumes_it(
    sending: Sending, sink: Sink, database: ServiceDatabase
) -> None:
    run = await running_run(addresses(20))
    await cut_off_while_sending(run)
    await mark_as_a_restore_does(database)
    settings = settings_for(database, sink)

    async with sending():
        for _ in range(3):
            await tick(settings, may_start=True)
            await asyncio.sleep(0.4)
        mailing = await Mailing.get(id=run.mailing_id)
        assert (mailing.status, mailing.status_reason) == ("paused", "restored")

        await release()
        await tick(settings, may_start=True)
        await asyncio.sleep(1)
        assert sink.emails == []

        async with in_transaction():
            await moves.resume(mailing.id)
            await runs.go_on(await Mailing.get(id=mailing.id))
        await until_over(run.id)

    assert len(sink.emails) == 19
    assert await counts_of(run.id) == {"sent": 19, "uncertain": 1}


async def cut_off_while_sending(run: Run) -> None:
    """Have one email be on its way, as the backup saw it, by a worker that is gone."""
    first = await Delivery.filter(run_id=run.id).order_by("id").first()
    assert first is not None
    for before, after in (("pending", "claimed"), ("claimed", "sending")):
        async with moving() as moved:
            await moved.these([first.id], DeliveryState(after), before=[DeliveryState(before)])
    lease = clock.now() - timedelta(minutes=1)
    await Delivery.filter(id=first.id).update(leased_until=lease)


async def mark_as_a_restore_does(database: ServiceDatabase) -> None:
    """Set the mark in the restored database, before any process is there."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute("UPDATE sending_state SET held_at = coalesce(held_at, now())")
    finally:
        await connection.close()
