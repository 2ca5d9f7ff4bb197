"""What becomes forbidden between the claim and MAIL stays unsent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.deliveries import Attempt, Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.recipients import Recipient
from mailing_service.models.sending import OwnerDay, SendingState
from mailing_service.models.suppressions import Suppression, SuppressionReason
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import counts_of, until, until_over
from shared import clock
from testing.clock import movable_clock
from testing.database import ServiceDatabase
from testing.mailing.runs import HASHER, addresses, assert_counts_are_exact, running_run
from testing.smtp.sink import Sink, Step, reply, slow

NOT_AFTER = 2.0
"""Seconds after which no MAIL may be said."""


async def pause(run: Run) -> None:
    await Mailing.filter(id=run.mailing_id).update(status=MailingStatus.PAUSED)


async def disable(run: Run) -> None:
    await Mailing.filter(id=run.mailing_id).update(status=MailingStatus.DISABLED)


async def stop_the_run(run: Run) -> None:
    await Run.filter(id=run.id).update(is_sending=False)


async def block(run: Run) -> None:
    await Account.filter(id=run.owner_id).update(is_blocked=True)


async def erase(run: Run) -> None:
    await Account.filter(id=run.owner_id).update(erased_at=clock.now())


async def hold(run: Run) -> None:
    del run
    await SendingState.filter(id=1).update(held_at=clock.now())


async def hear_nothing(run: Run) -> None:
    """Have no news of accounts for longer than may be."""
    del run
    await AccountPosition.filter(id=1).update(news_at=clock.now() - timedelta(minutes=16))


@pytest.mark.parametrize("stop", [pause, disable, stop_the_run, block, erase, hold, hear_nothing])
async def test_nothing_is_said_two_seconds_after_a_stop(
    sending: Sending,
    sink: Sink,
    database: ServiceDatabase,
    stop: Callable[[Run], Awaitable[None]],
) -> None:
    sink.when(Step.MAIL, slow(0.2))
    run = await running_run(addresses(200))
    async with sending(smtp_connections=2):
        await until(lambda: len(sink.emails) >= 3)
        await stop(run)
        await asyncio.sleep(NOT_AFTER)
        sent = len(sink.emails)
        await asyncio.sleep(0.7)
        assert len(sink.emails) <= sent + 2  # those under way
        await until_settled(run.id)

    counts = await counts_of(run.id)
    assert counts == {"sent": len(sink.emails), "pending": 200 - len(sink.emails)}
    assert await Attempt.all().count() == len(sink.emails)
    await assert_counts_are_exact(database.owner_url)


async def test_who_waits_for_a_slow_server_is_looked_up_again(sending: Sending, sink: Sink) -> None:
    sink.when(Step.END, slow(2.5))
    run = await running_run(addresses(4))
    async with sending(smtp_connections=1):
        await until(lambda: len(sink.emails) == 1)
        await pause(run)
        await until_settled(run.id)
    assert len(sink.emails) == 1
    assert await counts_of(run.id) == {"sent": 1, "pending": 3}


async def until_settled(run_id: int) -> None:
    async def is_settled() -> bool:
        return not {"claimed", "sending"} & (await counts_of(run_id)).keys()

    await until(is_settled)


async def test_after_a_pause_nobody_is_left_out_and_nobody_gets_it_twice(
    sending: Sending, sink: Sink, database: ServiceDatabase
) -> None:
    run = await running_run(addresses(300))
    mailing = Mailing.filter(id=run.mailing_id)
    async with sending(smtp_connections=4):
        for number in range(50):
            await mailing.update(status=MailingStatus.PAUSED)
            sink.drop_all()
            await asyncio.sleep(0.01 * (number % 5))
            await mailing.update(status=MailingStatus.RUNNING)
            await asyncio.sleep(0.01 * (number % 3))
        counts = await until_over(run.id, within=60)

    assert counts["sent"] + counts.get("uncertain", 0) == 300
    assert len(sink.recipients) == len(set(sink.recipients))
    taken, sent = set(sink.recipients), await addresses_in(DeliveryState.SENT)
    assert sent <= taken
    assert taken - sent <= await addresses_in(DeliveryState.UNCERTAIN)
    await assert_counts_are_exact(database.owner_url)


async def addresses_in(state: DeliveryState) -> set[str | None]:
    return {delivery.email for delivery in await Delivery.filter(state=state)}


@pytest.mark.parametrize("is_for_all", [False, True])
async def test_who_unsubscribes_between_claim_and_send_gets_nothing(
    sending: Sending, sink: Sink, *, is_for_all: bool
) -> None:
    sink.when(Step.MAIL, slow(0.1))
    run = await running_run(addresses(30))
    async with sending(smtp_connections=1):
        await until(lambda: len(sink.emails) >= 1)
        await Suppression.create(
            owner_id=None if is_for_all else run.owner_id,
            email_hash=HASHER.hash_of("person29@example.com"),
            reason=SuppressionReason.UNSUBSCRIBED,
        )
        assert await until_over(run.id) == {"sent": 29, "suppressed": 1}

    assert "person29@example.com" not in sink.recipients
    assert (await Delivery.get(state=DeliveryState.SUPPRESSED)).state_reason == "unsubscribed"


async def test_another_owners_suppression_holds_nobody_back(sending: Sending) -> None:
    run, other = await running_run(addresses(2)), await running_run(addresses(2))
    await Suppression.create(
        owner_id=other.owner_id,
        email_hash=HASHER.hash_of("person0@example.com"),
        reason=SuppressionReason.UNSUBSCRIBED,
    )
    async with sending():
        assert await until_over(run.id) == {"sent": 2}
        assert await until_over(other.id) == {"sent": 1, "suppressed": 1}


async def test_a_recipient_who_is_gone_gets_nothing(sending: Sending, sink: Sink) -> None:
    run = await running_run(addresses(3))
    await Recipient.filter(email="person0@example.com").delete()
    await Delivery.filter(email="person1@example.com").update(email=None)
    async with sending():
        assert await until_over(run.id) == {"sent": 1, "suppressed": 2}
    assert sink.recipients == ["person2@example.com"]


async def test_nothing_is_said_after_the_end_of_the_window(sending: Sending, sink: Sink) -> None:
    sink.when(Step.MAIL, slow(0.05))
    sink.when(Step.END, slow(0.3))
    run = await running_run(addresses(100), ends_at=clock.now() + timedelta(seconds=3))
    async with sending(smtp_connections=3):
        await until(lambda: clock.now() >= run.ends_at)
        under_way = 3
        sent = len(sink.emails)
        await asyncio.sleep(1)
        assert 0 < len(sink.emails) <= sent + under_way
        await until_settled(run.id)
    assert await counts_of(run.id) == {
        "sent": len(sink.emails),
        "pending": 100 - len(sink.emails),
    }


async def test_the_quota_of_an_owner_ends_it_in_the_middle(sending: Sending, sink: Sink) -> None:
    run, other = await running_run(addresses(30)), await running_run(addresses(5, start=100))
    admins = await running_run(addresses(40, start=200), roles=["user", "admin"])
    failing = "person0@example.com"
    sink.when(Step.RCPT, reply("550 nobody here"), recipient=failing)
    async with sending(owner_quota=20):
        await until_over(admins.id)
        await until_over(other.id)

        async def is_at_its_quota() -> bool:
            return (await counts_of(run.id)).get("sent") == 20

        await until(is_at_its_quota)
        await until_settled(run.id)

    counts = await counts_of(run.id)
    assert counts == {"sent": 20, "pending": 9, "failed": 1}
    day = await OwnerDay.get(owner_id=run.owner_id)
    assert day.emails == 20
    assert not await OwnerDay.filter(owner_id=admins.owner_id).exists()


async def test_steps_of_the_clock_send_nothing_twice(
    sending: Sending, sink: Sink, database: ServiceDatabase
) -> None:
    sink.when(Step.END, slow(0.02))
    with movable_clock() as moved:
        run = await running_run(addresses(150), ends_at=clock.now() + timedelta(days=1))
        async with sending(smtp_connections=3), sending(smtp_connections=3):
            for hours in (1, -1, 2, -2):
                await asyncio.sleep(0.1)
                moved.advance(timedelta(hours=hours))
            counts = await until_over(run.id)

    assert counts["sent"] + counts.get("uncertain", 0) == 150
    assert len(sink.recipients) == len(set(sink.recipients))
    await assert_counts_are_exact(database.owner_url)
