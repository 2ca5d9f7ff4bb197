"""What is refused for now is tried again, what is refused for good is not."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.worker import Outcome, Worker
from auth_service.models import Letter
from auth_service.tallies import EMAILS
from auth_service.tests.mail.conftest import CONTENT
from auth_service.tests.scripted_smtp import DROP, HANG, ScriptedSmtp
from shared.testing.clock import MovableClock

pytestmark = pytest.mark.timing


def impatient(worker: Worker) -> Worker:
    return replace(worker, server=replace(worker.server, timeout=timedelta(seconds=0.2)))


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
    smtp: ScriptedSmtp,
    clock: MovableClock,
    session: dict[str, str],
) -> None:
    smtp.script = [session]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    before = EMAILS["postponed"], EMAILS["sent"], EMAILS["failed"]

    assert await worker.deliver_next() is Outcome.POSTPONED
    assert await worker.deliver_next() is Outcome.NOTHING_DUE
    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Outcome.SENT
    postponed, sent, failed = before
    assert (EMAILS["postponed"], EMAILS["sent"]) == (postponed + 1, sent + 1)
    assert EMAILS["failed"] == failed


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_a_server_that_hangs_costs_no_more_than_the_timeout(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock, step: str
) -> None:
    smtp.script = [{step: HANG}]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    async with asyncio.timeout(3):
        assert await impatient(worker).deliver_next() is Outcome.POSTPONED

    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Outcome.SENT


@pytest.mark.parametrize("goodbye", [HANG, DROP, "500 what"])
async def test_a_server_that_takes_the_letter_and_then_hangs_does_not_get_it_twice(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, goodbye: str
) -> None:
    smtp.script = [{"QUIT": goodbye}]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await worker.deliver_next() is Outcome.SENT


async def test_a_server_that_is_away_is_tried_again(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock
) -> None:
    away = replace(worker, server=replace(worker.server, port=1))
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)

    assert await away.deliver_next() is Outcome.POSTPONED
    clock.advance(timedelta(seconds=11))
    assert await worker.deliver_next() is Outcome.SENT


@pytest.mark.parametrize(
    "session", [{"RCPT": "550 no such mailbox"}, {"DATA": "554 no"}, {".": "554 spam"}]
)
async def test_what_will_never_pass_is_given_up(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, session: dict[str, str]
) -> None:
    smtp.script = [session]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    failed = EMAILS["failed"]

    assert await worker.deliver_next() is Outcome.GIVEN_UP
    assert EMAILS["failed"] == failed + 1

    letter = await Letter.get()
    assert (letter.sealed_content, letter.next_try_at, letter.sent_at) == (None, None, None)
    assert letter.given_up_at is not None


async def test_each_try_waits_twice_as_long_up_to_an_hour_and_after_three_days_none_is_made(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock
) -> None:
    smtp.script = [{"MAIL": "451 later"} for _ in range(200)]
    await outbox.put(Kind.WELCOME, CONTENT, user_id=None)
    waits = []
    while await worker.deliver_next() is Outcome.POSTPONED:
        letter = await Letter.get()
        assert letter.next_try_at is not None
        wait = letter.next_try_at.timestamp() - clock()
        waits.append(round(wait))
        clock.advance(timedelta(seconds=wait + 0.01))

    assert waits[:10] == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(waits[10:]) == {3600}
    assert timedelta(days=3) <= timedelta(seconds=sum(waits)) < timedelta(days=3, hours=2)
    assert (await Letter.get()).given_up_at is not None
    assert (await Letter.get()).sealed_content is None


async def test_a_link_that_has_expired_is_not_sent_for_days(
    outbox: Outbox, worker: Worker, smtp: ScriptedSmtp, clock: MovableClock
) -> None:
    smtp.script = [{"MAIL": "451 later"}]
    await outbox.put(Kind.RESET, CONTENT, user_id=None)
    clock.advance(timedelta(hours=1))

    assert await worker.deliver_next() is Outcome.GIVEN_UP
