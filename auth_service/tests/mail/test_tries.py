"""What is refused for now is tried again, what is refused for good is not."""

import asyncio
from datetime import timedelta

import pytest

from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.worker import Look, Worker
from auth_service.models import OutboxEmail
from auth_service.tallies import EMAILS
from auth_service.tests.mail.conftest import CONTENT, react, with_server
from testing.clock import MovableClock
from testing.smtp.sink import DROP, HANG, Reaction, Sink

pytestmark = pytest.mark.timing


def impatient(worker: Worker) -> Worker:
    short = timedelta(seconds=0.2)
    return with_server(worker, timeout=short, connect_timeout=short)


@pytest.mark.parametrize(
    "session",
    [
        {"CONNECT": "421 too busy"},
        {"CONNECT": "554 no service"},
        {"CONNECT": DROP},
        {"EHLO": "500 what", "HELO": "500 what"},
        {"MAIL": "530 sign in first"},
        {"MAIL": "451 later"},
        {"RCPT": "450 mailbox busy"},
        {"DATA": "451 later"},
        {".": "452 no room"},
        {".": DROP},
    ],
)
async def test_what_may_pass_is_tried_again(
    outbox: Outbox,
    worker: Worker,
    smtp: Sink,
    clock: MovableClock,
    session: dict[str, str | Reaction],
) -> None:
    react(smtp, session)
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    before = EMAILS["postponed"], EMAILS["sent"], EMAILS["failed"]

    assert await worker.deliver_next() is Look.POSTPONED
    assert await worker.deliver_next() is Look.NOTHING_DUE
    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Look.SENT
    postponed, sent, failed = before
    assert (EMAILS["postponed"], EMAILS["sent"]) == (postponed + 1, sent + 1)
    assert EMAILS["failed"] == failed


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_a_server_that_hangs_costs_no_more_than_the_timeout(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock, step: str
) -> None:
    react(smtp, {step: HANG})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    async with asyncio.timeout(10):
        assert await impatient(worker).deliver_next() is Look.POSTPONED

    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Look.SENT


@pytest.mark.parametrize("goodbye", [HANG, DROP, "500 what"])
async def test_a_server_that_takes_the_email_and_then_hangs_does_not_get_it_twice(
    outbox: Outbox, worker: Worker, smtp: Sink, goodbye: str | Reaction
) -> None:
    react(smtp, {"QUIT": goodbye})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await worker.deliver_next() is Look.SENT


async def test_a_server_that_is_away_is_tried_again(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    away = with_server(worker, port=1)
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await away.deliver_next() is Look.POSTPONED
    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Look.SENT


@pytest.mark.parametrize(
    "session", [{"RCPT": "550 no such mailbox"}, {"DATA": "554 no"}, {".": "554 spam"}]
)
async def test_what_will_never_pass_is_given_up(
    outbox: Outbox, worker: Worker, smtp: Sink, session: dict[str, str | Reaction]
) -> None:
    react(smtp, session)
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    failed = EMAILS["failed"]

    assert await worker.deliver_next() is Look.GIVEN_UP
    assert EMAILS["failed"] == failed + 1

    letter = await OutboxEmail.get()
    assert (letter.sealed_content, letter.next_try_at, letter.sent_at) == (None, None, None)
    assert letter.given_up_at is not None


async def test_each_try_waits_twice_as_long_up_to_an_hour_and_after_three_days_none_is_made(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    for _ in range(200):
        react(smtp, {"MAIL": "451 later"})
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    waits = []
    while await worker.deliver_next() is Look.POSTPONED:
        letter = await OutboxEmail.get()
        assert letter.next_try_at is not None
        wait = letter.next_try_at.timestamp() - clock()
        waits.append(round(wait))
        clock.advance(timedelta(seconds=wait + 0.01))

    assert waits[:10] == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(waits[10:]) == {3600}
    assert timedelta(days=3) <= timedelta(seconds=sum(waits)) < timedelta(days=3, hours=2)
    assert (await OutboxEmail.get()).given_up_at is not None
    assert (await OutboxEmail.get()).sealed_content is None


async def test_a_link_that_has_expired_is_not_sent_for_days(
    outbox: Outbox, worker: Worker, smtp: Sink, clock: MovableClock
) -> None:
    react(smtp, {"MAIL": "451 later"})
    await outbox.put(Kind.RESET, CONTENT, user_id=None)
    clock.advance(timedelta(hours=1))

    assert await worker.deliver_next() is Look.GIVEN_UP
