"""Test emails of messages to their owners."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from mailing_service.models.accounts import Account
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.sending import MessageTest, OwnerDay, SendingState
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import until
from shared import clock
from testing.mailing.runs import MESSAGE
from testing.smtp.sink import HANG, Sink, Step, reply


async def owner(*roles: str, **changes: Any) -> UUID:
    account = await Account.create(id=uuid4(), email="anna@example.com", roles=roles, **changes)
    return account.id


async def ask(owner_id: UUID) -> MessageTest:
    """Ask for a test email as an endpoint does."""
    return await MessageTest.create(
        owner_id=owner_id,
        email="anna@example.com",
        message=MESSAGE,
        values={"full_name": "Anna"},
        expires_at=clock.now() + timedelta(minutes=10),
    )


async def until_in(test: MessageTest, state: DeliveryState) -> MessageTest:
    await until(MessageTest.filter(id=test.id, state=state).exists)
    return await MessageTest.get(id=test.id)


async def test_it_is_sent_and_counted_in_the_quota(sending: Sending, sink: Sink) -> None:
    test = await ask(await owner())
    async with sending():
        sent = await until_in(test, DeliveryState.SENT)

    assert (sent.code, sent.attempts) == (250, 1)
    assert sink.recipients == ["anna@example.com"]
    assert sink.messages[0]["Subject"] == "Hello Anna"
    assert (await OwnerDay.get(owner_id=test.owner_id)).emails == 1


async def test_what_the_server_says_is_kept(sending: Sending, sink: Sink) -> None:
    sink.when(Step.RCPT, reply("451 4.3.0 later"), times=1)
    sink.when(Step.RCPT, reply("550 5.1.1 nobody here"))
    test = await ask(await owner())
    async with sending():
        failed = await until_in(test, DeliveryState.FAILED)

    assert (failed.code, failed.response, failed.attempts) == (550, "5.1.1 nobody here", 2)
    assert (await OwnerDay.get(owner_id=test.owner_id)).emails == 0


async def test_beyond_the_quota_and_for_blocked_owners_it_waits(
    sending: Sending, sink: Sink
) -> None:
    waiting = [await ask(await owner()), await ask(await owner(is_blocked=True))]
    admins = await ask(await owner("user", "admin"))
    await OwnerDay.create(owner_id=waiting[0].owner_id, day=clock.now().date(), emails=5)
    async with sending(owner_quota=5):
        await until_in(admins, DeliveryState.SENT)

    assert len(sink.emails) == 1
    for test in waiting:
        assert (await MessageTest.get(id=test.id)).state is DeliveryState.PENDING


async def test_nothing_is_sent_while_everything_is_held(sending: Sending, sink: Sink) -> None:
    await SendingState.filter(id=1).update(held_at=clock.now())
    test = await ask(await owner())
    async with sending():
        await SendingState.filter(id=1).update(held_at=None)
        await until_in(test, DeliveryState.SENT)
    assert len(sink.emails) == 1


async def test_of_a_lost_worker_it_is_uncertain(sending: Sending, sink: Sink) -> None:
    sink.when(Step.END, HANG)
    test = await ask(await owner())
    past = clock.now() - timedelta(seconds=1)
    await MessageTest.filter(id=test.id).update(
        state=DeliveryState.SENDING, leased_by=uuid4(), leased_until=past
    )
    async with sending():
        await until_in(test, DeliveryState.UNCERTAIN)
    assert not sink.emails
