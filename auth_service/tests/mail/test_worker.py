"""Emails leave the outbox once each, whatever the mail server does."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.worker import Look, Worker, forget_old
from auth_service.models import EmailAttempt, OutboxEmail
from auth_service.tests.mail.conftest import CONTENT, react, with_server
from testing.clock import MovableClock
from testing.outage import Cable
from testing.smtp.sink import DROP, HANG, Sink

pytestmark = pytest.mark.timing


async def test_an_email_is_sent_once_and_forgets_what_it_said(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    await outbox.put(Kind.VERIFY, CONTENT, user_id=None)

    assert await worker.deliver_next() is Look.SENT
    assert await worker.deliver_next() is Look.NOTHING_DUE

    letter = await OutboxEmail.get()
    assert (letter.sealed_content, letter.next_try_at) == (None, None)
    assert letter.sent_at is not None
    assert smtp.recipients == ["anna@example.com"]
    assert "042137" in smtp.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_what_an_email_says_cannot_be_read_in_the_table(outbox: Outbox) -> None:
    await outbox.put(Kind.VERIFY, CONTENT, user_id=None)

    sealed = bytes((await OutboxEmail.get()).sealed_content or b"")

    for secret in ("042137", "anna@example.com", "Анна", "verify"):
        assert secret.encode() not in sealed


async def test_an_email_whose_cause_is_undone_is_never_sent(outbox: Outbox, worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await outbox.put(Kind.VERIFY, CONTENT, user_id=None)
            raise ZeroDivisionError

    assert await worker.deliver_next() is Look.NOTHING_DUE


async def test_several_workers_send_each_email_once(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    for number in range(30):
        content = replace(CONTENT, recipient=f"person{number}@example.com")
        await outbox.put(Kind.WELCOME, content, user_id=None)

    async def work() -> None:
        while await OutboxEmail.filter(sent_at=None).exists():
            await worker.deliver_next()

    await asyncio.gather(*(work() for _ in range(4)))

    assert sorted(smtp.recipients) == sorted(f"person{n}@example.com" for n in range(30))


async def test_an_email_that_is_on_its_way_is_not_taken_by_another(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    react(smtp, {"DATA": HANG})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    first = asyncio.create_task(worker.deliver_next())
    await smtp.met.wait()
    second = await worker.deliver_next()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    assert second is Look.NOTHING_DUE


async def test_an_email_outlives_the_worker_that_died_with_it_under_the_same_message_id(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    react(smtp, {".": HANG})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    dying = asyncio.create_task(worker.deliver_next())
    await smtp.met.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    assert await worker.deliver_next() is Look.NOTHING_DUE
    clock.advance(timedelta(minutes=1))
    assert await worker.deliver_next() is Look.SENT

    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_an_email_that_cannot_be_opened_does_not_stop_those_behind_it(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    await OutboxEmail.create(kind="welcome", sealed_content=b"sealed by somebody else, long ago")
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await worker.deliver_next() is Look.POSTPONED
    assert await worker.deliver_next() is Look.SENT


async def test_without_a_worker_nothing_is_kept_for_ever(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    clock.advance(timedelta(days=3, seconds=1))

    assert await forget_old(timedelta(days=30)) == 1
    assert (await OutboxEmail.get()).sealed_content is None
    clock.advance(timedelta(days=30))
    assert await forget_old(timedelta(days=30)) == 1
    assert not await OutboxEmail.exists()


async def test_it_works_by_itself_and_stops_after_the_email_in_hand(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    async with worker.running():
        while not smtp.sessions:
            await asyncio.sleep(0)

    sent = await OutboxEmail.exclude(sent_at=None).count()
    assert sent == len(smtp.emails) >= 1


async def test_it_outlives_an_outage_of_the_database(
    outbox: Outbox, worker: Worker, smtp: Sink, cable: Cable
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    cable.cut()
    try:
        async with worker.running():
            await asyncio.sleep(0.1)
            await cable.connect()
            async with asyncio.timeout(60):
                while not smtp.emails:
                    await asyncio.sleep(0.01)
    finally:
        cable.cut()
        await cable.connect()

    assert len(smtp.emails) == 1


async def test_no_email_gets_into_the_log(
    outbox: Outbox, worker: Worker, smtp: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "tortoise")  # it logs values, and services never at that level
    react(smtp, {"RCPT": "550 anna@example.com is no mailbox", ".": "451 042137"})
    for _ in range(3):
        await outbox.put(Kind.VERIFY, CONTENT, user_id=None)
        await worker.deliver_next()

    records = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("email delivery failed" in record for record in records)
    for secret in ("anna@example.com", "042137", "Анна"):
        assert not any(secret in record for record in records)


async def test_each_attempt_is_kept_with_what_the_server_replied(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    react(smtp, {"CONNECT": "421 4.3.2 not now", "RCPT": "450 4.2.1 anna@example.com is busy"})
    react(smtp, {".": DROP})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    for _ in range(4):
        await worker.deliver_next()
        clock.advance(timedelta(seconds=21))

    attempts = await EmailAttempt.all().order_by("id")

    assert [(kept.outcome, kept.code) for kept in attempts] == [
        ("not_attempted", 421),
        ("temporary", 450),
        ("uncertain", None),
        ("sent", 250),
    ]
    assert attempts[1].text == "4.2.1 … is busy"
    assert attempts[3].text == "2.0.0 taken"
    assert attempts[0].at < attempts[1].at < attempts[2].at
    assert all(kept.duration_ms >= 0 for kept in attempts)
    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_attempts_go_with_their_email(
    outbox: Outbox, worker: Worker, clock: MovableClock
) -> None:
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    await worker.deliver_next()
    assert await EmailAttempt.all().count() == 1

    clock.advance(timedelta(days=31))
    await forget_old(timedelta(days=30))

    assert await EmailAttempt.all().count() == 0


async def test_a_server_that_is_away_is_left_alone_and_costs_no_try(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    away = with_server(worker, port=1)
    for _ in range(6):
        await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    looks = [await away.deliver_next() for _ in range(7)]

    assert looks == [Look.POSTPONED] * 5 + [Look.SERVER_AWAY] * 2
    assert [email.tries for email in await OutboxEmail.all()] == [0] * 6
    clock.advance(timedelta(seconds=11))
    back = replace(away, connections=worker.connections)
    assert [await back.deliver_next() for _ in range(7)] == [Look.SENT] * 6 + [Look.NOTHING_DUE]
    assert smtp.sessions == 1


async def test_a_burst_goes_through_one_connection_that_is_closed_afterwards(
    outbox: Outbox, worker: Worker, smtp: Sink
) -> None:
    for _ in range(5):
        await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    async with worker.running(), asyncio.timeout(60):
        while len(smtp.emails) < 5 or smtp.open:
            await asyncio.sleep(0.01)

    assert smtp.sessions == 1
