"""Letters leave the outbox once each, whatever the mail server does."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.worker import Outcome, Worker, forget_old
from auth_service.models import Letter
from auth_service.tests.mail.conftest import CONTENT
from auth_service.tests.scripted_smtp import HANG, ScriptedSmtp
from shared.testing.clock import MovableClock
from shared.testing.outage import Cable

pytestmark = pytest.mark.timing


async def test_a_letter_is_sent_once_and_forgets_what_it_said(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp
) -> None:
    await outbox.put(Kind.VERIFY, CONTENT, user_id=None)

    assert await worker.deliver_next() is Outcome.SENT
    assert await worker.deliver_next() is Outcome.NOTHING_DUE

    letter = await Letter.get()
    assert (letter.sealed_content, letter.next_try_at) == (None, None)
    assert letter.sent_at is not None
    assert smtp.recipients == ["anna@example.com"]
    assert "042137" in smtp.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_what_a_letter_says_cannot_be_read_in_the_table(outbox: Outbox) -> None:
    await outbox.put(Kind.VERIFY, CONTENT, user_id=None)

    sealed = bytes((await Letter.get()).sealed_content or b"")

    for secret in ("042137", "anna@example.com", "Анна", "verify"):
        assert secret.encode() not in sealed


async def test_a_letter_whose_cause_is_undone_is_never_sent(outbox: Outbox, worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await outbox.put(Kind.VERIFY, CONTENT, user_id=None)
            raise ZeroDivisionError

    assert await worker.deliver_next() is Outcome.NOTHING_DUE


async def test_several_workers_send_each_letter_once(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp
) -> None:
    for number in range(30):
        content = replace(CONTENT, recipient=f"person{number}@example.com")
        await outbox.put(Kind.WELCOME, content, user_id=None)

    async def work() -> None:
        while await Letter.filter(sent_at=None).exists():
            await worker.deliver_next()

    await asyncio.gather(*(work() for _ in range(4)))

    assert sorted(smtp.recipients) == sorted(f"person{n}@example.com" for n in range(30))


async def test_a_letter_that_is_on_its_way_is_not_taken_by_another(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp
) -> None:
    smtp.script = [{"DATA": HANG}]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    first = asyncio.create_task(worker.deliver_next())
    await smtp.met.wait()
    second = await worker.deliver_next()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    assert second is Outcome.NOTHING_DUE


async def test_a_letter_outlives_the_worker_that_died_with_it_under_the_same_message_id(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock
) -> None:
    smtp.script = [{".": HANG}]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    dying = asyncio.create_task(worker.deliver_next())
    await smtp.met.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    assert await worker.deliver_next() is Outcome.NOTHING_DUE
    clock.advance(timedelta(minutes=1))
    assert await worker.deliver_next() is Outcome.SENT

    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_letter_that_cannot_be_opened_does_not_stop_those_behind_it(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp
) -> None:
    await Letter.create(kind="welcome", sealed_content=b"sealed by somebody else, long ago")
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await worker.deliver_next() is Outcome.POSTPONED
    assert await worker.deliver_next() is Outcome.SENT


async def test_without_a_worker_nothing_is_kept_for_ever(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    clock.advance(timedelta(days=3, seconds=1))

    assert await forget_old(timedelta(days=30)) == 1
    assert (await Letter.get()).sealed_content is None
    clock.advance(timedelta(days=30))
    assert await forget_old(timedelta(days=30)) == 1
    assert not await Letter.exists()


async def test_it_works_by_itself_and_stops_after_the_letter_in_hand(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    async with worker.running():
        while not smtp.sessions:
            await asyncio.sleep(0)

    sent = await Letter.exclude(sent_at=None).count()
    assert sent == len(smtp.taken) >= 1


async def test_it_outlives_an_outage_of_the_database(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, cable: Cable
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    cable.cut()
    try:
        async with worker.running():
            await asyncio.sleep(0.1)
            await cable.connect()
            async with asyncio.timeout(60):
                while not smtp.taken:
                    await asyncio.sleep(0.01)
    finally:
        cable.cut()
        await cable.connect()

    assert len(smtp.taken) == 1


async def test_no_letter_gets_into_the_log(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    smtp.script = [{"RCPT": "550 anna@example.com is no mailbox"}, {".": "451 042137"}, {}]
    for _ in range(3):
        await outbox.put(Kind.VERIFY, CONTENT, user_id=None)
        await worker.deliver_next()

    records = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("given up" in record for record in records)
    for secret in ("anna@example.com", "042137", "Анна"):
        assert not any(secret in record for record in records)
