"""Sends what is in the outbox, one email at a time, as many workers as there are processes.

A worker claims an email by putting off its next try, in a transaction of its own that skips what
others are claiming; so no lock is held while a mail server takes its time. A process that dies
while sending leaves the email due again after that lease. Only then, and where the mail server
took an email and its response was lost, may it go twice, under the same Message-ID.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from tortoise.transactions import in_transaction

from auth_service.mail import attempts
from auth_service.mail.message import build_message
from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.settings import MailSettings
from auth_service.models import OutboxEmail
from auth_service.tallies import EMAILS
from shared import clock
from shared.database.batches import delete_in_batches
from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.smtp.breaker import Breaker, BreakerRule
from shared.smtp.connections import Connections, Envelope
from shared.smtp.fields import Mailbox
from shared.smtp.outcomes import Fault, Outcome, Result

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
LIFETIME = timedelta(days=3)
SHORTER_LIFETIME = {
    Kind.RESET.value: timedelta(hours=1),
    Kind.SIGN_IN_LINK.value: timedelta(minutes=10),
    Kind.VERIFY.value: timedelta(days=1),
    Kind.CONFIRM_EMAIL.value: timedelta(days=1),
}
"""For emails whose link is good for nothing afterwards."""
_POLL = 1.0  # seconds between looks at an empty outbox
_LEASE_BEYOND_EXCHANGE = timedelta(seconds=10)

logger = logging.getLogger(__name__)


class Look(Enum):
    """What became of one look into the outbox."""

    NOTHING_DUE = auto()
    SERVER_AWAY = auto()
    """The breaker is open: nothing was tried."""
    SENT = auto()
    GIVEN_UP = auto()
    POSTPONED = auto()


@dataclass(frozen=True, slots=True)
class Worker:
    """Takes emails from the outbox to the mail server."""

    outbox: Outbox
    connections: Connections
    breaker: Breaker
    sender: Mailbox
    public_url: str

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send emails for as long as the context lasts; one that is on its way is finished."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(stop))
        try:
            yield
        finally:
            stop.set()
            await task
            await self.connections.close()

    async def deliver_next(self) -> Look:
        """Send the email that has been due for longest, if there is one."""
        if not self.breaker.may_send():
            return Look.SERVER_AWAY
        email = await self._claim()
        if email is None:
            return Look.NOTHING_DUE
        self.breaker.enter()
        try:
            outcome = await self._send(email)
        except Exception as error:  # it must not stop those behind it
            outcome = attempts.failed_here(error)
        self.breaker.report(outcome)
        async with in_transaction():
            await attempts.record(email, outcome)
            return await _settle(email, outcome)

    async def _claim(self) -> OutboxEmail | None:
        now = clock.now()
        lease = self.connections.server.longest_exchange + _LEASE_BEYOND_EXCHANGE
        async with in_transaction():
            due = OutboxEmail.filter(next_try_at__lte=now, sent_at=None, given_up_at=None)
            oldest = due.order_by("next_try_at", "id").select_for_update(skip_locked=True)
            email = await oldest.first()
            if email is not None:
                email.tries += 1
                await OutboxEmail.filter(id=email.id).update(
                    tries=email.tries, next_try_at=now + lease
                )
            return email

    async def _send(self, email: OutboxEmail) -> Outcome:
        content = self.outbox.open(email)
        message = build_message(email, content, sender=self.sender, public_url=self.public_url)
        envelope = Envelope(self.sender.address, message.recipient)
        return await self.connections.send(envelope, message.content)

    async def _run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            look = Look.POSTPONED
            try:
                # A task of its own: Tortoise leaves a transaction whose connection broke in the
                # context, where all later ones of this task would find it.
                look = await asyncio.create_task(self.deliver_next())
            except UNAVAILABLE as error:
                DATABASE_OUTAGE.report(error, job="send emails")
            except Exception:
                logger.exception("email sending failed")
            if look is Look.NOTHING_DUE:
                await self.connections.close()
            if look not in {Look.SENT, Look.GIVEN_UP}:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _POLL)


def sending(settings: MailSettings, outbox: Outbox) -> AbstractAsyncContextManager[None]:
    """Return the context in which emails are sent, if there is a mail server."""
    server = settings.mail_server()
    if server is None:
        logger.warning("emails wait in the outbox: AUTH_SMTP_HOST is not set")
        return nullcontext()
    rule = BreakerRule(probe_lease=server.longest_exchange)
    sender = Mailbox.parse(settings.smtp_from)
    public_url = settings.public_url
    worker = Worker(outbox, Connections(server), Breaker(rule), sender, public_url)
    return worker.running()


async def forget_old(kept_for: timedelta) -> int:
    """Give up what nobody could send for too long, and forget that older ones were sent."""
    now = clock.now()
    waiting = OutboxEmail.filter(sent_at=None, given_up_at=None, created_at__lt=now - LIFETIME)
    given_up = await waiting.update(given_up_at=now, next_try_at=None, sealed_content=None)
    EMAILS.count("failed", times=given_up)
    over = OutboxEmail.filter(next_try_at=None, created_at__lt=now - kept_for)
    return given_up + await delete_in_batches(over.order_by("id"))


async def _settle(email: OutboxEmail, outcome: Outcome) -> Look:
    """Write down what follows from an outcome.

    A lost reply is another try under the same Message-ID: here an email that comes twice is better
    than one that never comes.
    """
    if outcome.is_sent:
        await _close(email, sent=True)
        attempts.report("email sent", email, outcome, tally="sent")
        return Look.SENT
    lifetime = SHORTER_LIFETIME.get(email.kind, LIFETIME)
    is_refused = outcome.fault in {Fault.RECIPIENT, Fault.CONTENT}
    if is_refused or clock.now() - email.created_at >= lifetime:
        await _close(email, sent=False)
        attempts.report("email delivery failed", email, outcome, tally="failed")
        return Look.GIVEN_UP
    await _postpone(email, outcome)
    attempts.report("email postponed", email, outcome, tally="postponed")
    return Look.POSTPONED


async def _postpone(email: OutboxEmail, outcome: Outcome) -> None:
    """Wait twice as long as the last time; a server that was away costs no try."""
    is_tried = outcome.result is not Result.NOT_ATTEMPTED
    tries = email.tries if is_tried else email.tries - 1
    wait = min(FIRST_WAIT * (1 << min(max(tries - 1, 0), 20)), LONGEST_WAIT)
    mine = OutboxEmail.filter(id=email.id, tries=email.tries)
    await mine.update(tries=tries, next_try_at=clock.now() + wait)


async def _close(email: OutboxEmail, *, sent: bool) -> None:
    """Erase what the email said; it will not be tried again."""
    field = "sent_at" if sent else "given_up_at"
    await OutboxEmail.filter(id=email.id).update(
        **{field: clock.now()}, next_try_at=None, sealed_content=None
    )
