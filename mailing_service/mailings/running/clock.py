"""What is due: mailings start, runs end, windows close, quiet hours begin and pass.

The worker's clock and the command run this same code, any number of them at a time: each step is a
transaction that only one of them can do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from tortoise.exceptions import BaseORMException
from tortoise.expressions import Q, Subquery
from tortoise.transactions import in_transaction

from mailing_service.deliveries.transitions import OPEN
from mailing_service.mailings.running.ending import end_run, end_window
from mailing_service.mailings.running.filling import fill
from mailing_service.mailings.running.holding import pause_what_was_held
from mailing_service.mailings.running.starting import start
from mailing_service.mailings.status import runs
from mailing_service.mailings.submitting import WAITING
from mailing_service.models.deliveries import RunCount
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.sending import SendingState
from mailing_service.settings import MailingSettings
from shared import clock

MOST = 200
"""Mailings or runs that one step of a tick takes; the next tick takes the others."""

_ENDED = (MailingStatus.FINISHED_EARLY, MailingStatus.DISABLED, MailingStatus.EXPIRED)

logger = logging.getLogger(__name__)


async def tick(settings: MailingSettings, *, may_start: bool) -> None:
    """Do all that is due, to its end: `look`, then `work_off`."""
    await look(settings, may_start=may_start)
    await work_off()


async def look(settings: MailingSettings, *, may_start: bool) -> None:
    """Do what is due and takes no time: change statuses, hold, and keep quiet hours.

    `may_start` says whether the accounts are all known, and as they were a short while ago:
    without that nothing starts. Nothing starts while a restore, or `hold`, keeps everything from
    being sent, either.
    """
    is_held = await SendingState.exists(id=1, held_at__not_isnull=True)
    if is_held:
        await pause_what_was_held()
    elif may_start:
        await start_what_is_due(settings)
    await end_windows()
    await keep_quiet_hours()


async def work_off() -> None:
    """Do what may take seconds: expire what is left of runs, and write deliveries."""
    await end_what_is_over()
    await fill_what_is_empty()


async def start_what_is_due(settings: MailingSettings) -> None:
    """Start mailings whose time has come."""
    now = clock.now()
    due = Mailing.filter(status=MailingStatus.SCHEDULED, next_run_at__lte=now, next_ends_at__gt=now)

    async def begin(mailing_id: int) -> bool:
        return await start(mailing_id, settings)

    first = due.filter(deleted_at=None).order_by("next_run_at").limit(MOST)
    await _each([row["id"] for row in await first.values("id")], begin, what="start")


async def fill_what_is_empty() -> None:
    """Write the deliveries of runs that have begun."""
    empty = Run.filter(started_at=None, finished_at=None).order_by("id").limit(MOST)
    await _each([row["id"] for row in await empty.values("id")], fill, what="fill")


async def end_what_is_over() -> None:
    """End runs that are done, or may not go on."""
    now = clock.now()
    is_open = RunCount.filter(state__in=sorted(OPEN), count__gt=0).values("run_id")
    over = Q(ends_at__lte=now) | Q(mailing__status__in=_ENDED)
    done = Q(mailing__status=MailingStatus.RUNNING) & ~Q(id__in=Subquery(is_open))
    begun = Run.filter(finished_at=None, started_at__not_isnull=True).filter(over | done)
    for run in await begun.order_by("id").limit(MOST):
        await _attempt(end_run(run), what="end", of=run.id)


async def end_windows() -> None:
    """Let mailings expire, or wait for their next repeat, that waited beyond their window."""
    now = clock.now()
    waiting = Mailing.filter(status__in=WAITING, next_ends_at__lte=now, deleted_at=None)
    rows = await waiting.order_by("id").limit(MOST).values("id")
    await _each([row["id"] for row in rows], end_window, what="end window")


async def keep_quiet_hours() -> None:
    """Let workers claim nothing in quiet hours, and everything again after them."""
    with_hours = Run.filter(
        finished_at=None,
        started_at__not_isnull=True,
        mailing__status=MailingStatus.RUNNING,
        mailing__quiet_from__not_isnull=True,
    )
    for run in await with_hours.order_by("id").select_related("mailing"):
        if run.is_sending == runs.is_quiet(run.mailing):
            await _turn(run.mailing_id)


async def _turn(mailing_id: int) -> None:
    async with in_transaction():
        running = Mailing.filter(id=mailing_id, status=MailingStatus.RUNNING)
        mailing = await running.select_for_update().first()
        if mailing is None:
            return
        if runs.is_quiet(mailing):
            await runs.stop([mailing_id])
        else:
            await runs.go_on(mailing)


async def _each(ids: Iterable[int], step: Callable[[int], Awaitable[bool]], *, what: str) -> None:
    for one in ids:
        await _attempt(step(one), what=what, of=one)


async def _attempt(step: Awaitable[bool], *, what: str, of: int) -> None:
    """Take one step; a fault in it, as bad data, must not keep the others from theirs."""
    try:
        # A task of its own: Tortoise leaves a transaction whose connection broke in the context.
        await asyncio.ensure_future(step)
    except (BaseORMException, ValueError):
        logger.exception("step of the mailings' clock failed", extra={"step": what, "of": of})
