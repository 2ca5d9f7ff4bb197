"""Sends what is in the outbox, one letter at a time, as many workers as there are processes.

A worker claims a letter by putting off its next try, in a transaction of its own that skips what
others are claiming; so no lock is held while a mail server takes its time. A process that dies
while sending leaves the letter due again after that lease. Only then, and where the mail server
took a letter and its answer was lost, may it go twice, under the same Message-ID.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from tortoise.transactions import in_transaction

from auth_service.batches import delete_in_batches
from auth_service.mail.message import build_message
from auth_service.mail.outbox import Kind, Outbox
from auth_service.mail.settings import MailSettings
from auth_service.mail.smtp import MailServer, NotSent, Refused
from auth_service.models import Letter
from auth_service.tallies import EMAILS
from shared import clock
from shared.database import UNAVAILABLE
from shared.database_outage import DATABASE_OUTAGE

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(days=3)
SHORTER_PATIENCE = {
    Kind.RESET.value: timedelta(hours=1),
    Kind.SIGN_IN_LINK.value: timedelta(minutes=10),
    Kind.VERIFY.value: timedelta(days=1),
    Kind.CONFIRM_EMAIL.value: timedelta(days=1),
}
"""For letters whose link is good for nothing afterwards."""
_POLL = 1.0  # seconds between looks at an empty outbox
_LEASE_BEYOND_TIMEOUT = timedelta(seconds=30)

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """What became of one look into the outbox."""

    NOTHING_DUE = auto()
    SENT = auto()
    GIVEN_UP = auto()
    POSTPONED = auto()


@dataclass(frozen=True, slots=True)
class Worker:
    """Takes letters from the outbox to the mail server."""

    outbox: Outbox
    server: MailServer
    sender: str
    public_url: str

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send letters for as long as the context lasts; one that is on its way is finished."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def deliver_next(self) -> Outcome:
        """Send the letter that has been due for longest, if there is one."""
        letter = await self._claim()
        if letter is None:
            return Outcome.NOTHING_DUE
        try:
            await self._send(letter)
        except Refused as error:
            return await _give_up(letter, error.cause)
        except NotSent as error:
            return await _postpone(letter, error.cause)
        except Exception as error:  # it must not stop those behind it
            return await _postpone(letter, type(error).__name__)
        await _close(letter, sent=True)
        EMAILS.count("sent")
        logger.info("letter sent", extra={"letter": letter.id, "kind": letter.kind})
        return Outcome.SENT

    async def _claim(self) -> Letter | None:
        now = clock.now()
        lease = self.server.timeout + _LEASE_BEYOND_TIMEOUT
        async with in_transaction():
            due = Letter.filter(next_try_at__lte=now, sent_at=None, given_up_at=None)
            oldest = due.order_by("next_try_at", "id").select_for_update(skip_locked=True)
            letter = await oldest.first()
            if letter is not None:
                letter.tries += 1
                await Letter.filter(id=letter.id).update(
                    tries=letter.tries, next_try_at=now + lease
                )
            return letter

    async def _send(self, letter: Letter) -> None:
        content = self.outbox.open(letter)
        message = build_message(letter, content, sender=self.sender, public_url=self.public_url)
        await self.server.send(message)

    async def _run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            outcome = Outcome.POSTPONED
            try:
                # A task of its own: Tortoise leaves a transaction whose connection broke in the
                # context, where all later ones of this task would find it.
                outcome = await asyncio.create_task(self.deliver_next())
            except UNAVAILABLE as error:
                DATABASE_OUTAGE.report(error, job="send letters")
            except Exception:
                logger.exception("no letters")
            if outcome in {Outcome.NOTHING_DUE, Outcome.POSTPONED}:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _POLL)


def sending(settings: MailSettings, outbox: Outbox) -> AbstractAsyncContextManager[None]:
    """Return the context in which letters are sent, if there is a mail server."""
    if settings.smtp_host is None:
        logger.warning("letters wait in the outbox: AUTH_SMTP_HOST is not set")
        return nullcontext()
    password = settings.smtp_password
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        timeout=settings.smtp_timeout,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
    )
    worker = Worker(outbox, server, sender=settings.smtp_from, public_url=settings.public_url)
    return worker.running()


async def forget_old(kept_for: timedelta) -> int:
    """Give up what nobody could send for too long, and forget that older ones were sent."""
    now = clock.now()
    waiting = Letter.filter(sent_at=None, given_up_at=None, created_at__lt=now - PATIENCE)
    given_up = await waiting.update(given_up_at=now, next_try_at=None, sealed_content=None)
    EMAILS.count("failed", times=given_up)
    over = Letter.filter(next_try_at=None, created_at__lt=now - kept_for)
    return given_up + await delete_in_batches(over.order_by("id"))


async def _postpone(letter: Letter, cause: str) -> Outcome:
    """Wait twice as long as the last time, unless this has gone on for too long."""
    now = clock.now()
    if now - letter.created_at >= SHORTER_PATIENCE.get(letter.kind, PATIENCE):
        return await _give_up(letter, cause)
    wait = min(FIRST_WAIT * (1 << min(letter.tries - 1, 20)), LONGEST_WAIT)
    await Letter.filter(id=letter.id, tries=letter.tries).update(next_try_at=now + wait)
    EMAILS.count("postponed")
    _warn("letter postponed", letter, cause)
    return Outcome.POSTPONED


async def _give_up(letter: Letter, cause: str) -> Outcome:
    await _close(letter, sent=False)
    EMAILS.count("failed")
    _warn("letter given up", letter, cause)
    return Outcome.GIVEN_UP


async def _close(letter: Letter, *, sent: bool) -> None:
    """Erase what the letter said; it will not be tried again."""
    field = "sent_at" if sent else "given_up_at"
    await Letter.filter(id=letter.id).update(
        **{field: clock.now()}, next_try_at=None, sealed_content=None
    )


def _warn(event: str, letter: Letter, cause: str) -> None:
    extra = {"letter": letter.id, "kind": letter.kind, "tries": letter.tries, "cause": cause}
    logger.warning(event, extra=extra)
