"""What an owner does with a mailing that was submitted: pause, resume, finish, try again."""

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import certain
from mailing_service.audit.service import MailingEvent, record
from mailing_service.deliveries.moving import moving
from mailing_service.errors import NothingToRetry, WindowOver
from mailing_service.mailings.choosing import instant_in
from mailing_service.mailings.schemas import MailingRead, RetryRequest
from mailing_service.mailings.service import lock_own
from mailing_service.mailings.showing import show
from mailing_service.mailings.status import moves, runs
from mailing_service.mailings.status.owners import lock_unblocked
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.mailings.submitting import Submitter
from mailing_service.mailings.wall_clock import wall_of
from mailing_service.models.deliveries import DeliveryState, RunCount
from mailing_service.models.mailings import Mailing, MailingStatus, Repeat, Run
from shared import clock
from shared.errors import FieldProblem, UnprocessableEntity

_BATCH = 10_000
_LONGEST_RETRY = timedelta(days=366)


async def pause_mailing(mailing_id: int, *, by: Submitter) -> MailingRead:
    """Pause what runs or is scheduled; raises MailingNotFound, Forbidden and StatusForbids."""
    async with in_transaction():
        mailing = await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        if not await moves.pause(Mailing.filter(id=mailing_id), Actor.OWNER):
            raise moves.forbidden(mailing.status)
        await runs.stop([mailing_id])
        return await _done(MailingEvent.PAUSED, mailing_id, by)


@certain
async def resume_mailing(mailing_id: int, *, by: Submitter) -> MailingRead:
    """Have a paused one go on as what it was.

    Raises MailingNotFound, Forbidden, OwnerBlocked, AccountsOutdated and StatusForbids.
    """
    async with in_transaction():
        await lock_unblocked(by.principal.user_id)
        await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        await moves.resume(mailing_id)
        mailing = await Mailing.get(id=mailing_id)
        if mailing.status is MailingStatus.RUNNING:
            await runs.go_on(mailing)
        return await _done(MailingEvent.RESUMED, mailing_id, by)


async def finish_mailing(mailing_id: int, *, by: Submitter) -> MailingRead:
    """End what runs, is scheduled or paused; what is unsent expires.

    Raises MailingNotFound, Forbidden and StatusForbids.
    """
    async with in_transaction():
        await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        await finish(mailing_id, Actor.OWNER)
        return await _done(MailingEvent.FINISHED_EARLY, mailing_id, by)


async def finish(mailing_id: int, actor: Actor, *, reason: str | None = None) -> None:
    """Finish one early, in a transaction of the caller; raises StatusForbids."""
    await moves.move_one(
        mailing_id,
        Action.FINISH,
        actor,
        MailingStatus.FINISHED_EARLY,
        next_run_at=None,
        next_ends_at=None,
        paused_from=None,
        status_reason=reason,
    )
    await runs.stop([mailing_id])


@certain
async def retry_failed(mailing_id: int, wanted: RetryRequest, *, by: Submitter) -> MailingRead:
    """Send the last run again to those it failed for, and to nobody else.

    Raises MailingNotFound, Forbidden, OwnerBlocked, AccountsOutdated, StatusForbids,
    NothingToRetry, WindowOver and UnprocessableEntity.
    """
    async with in_transaction():
        await lock_unblocked(by.principal.user_id)
        mailing = await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        if mailing.status not in sources(Action.RETRY_FAILED, Actor.OWNER):
            raise moves.forbidden(mailing.status)
        run = await Run.filter(mailing_id=mailing_id).order_by("-number").first()
        again = [DeliveryState.FAILED]
        if wanted.include_uncertain:
            again.append(DeliveryState.UNCERTAIN)
        if run is None or not await RunCount.exists(run_id=run.id, state__in=again, count__gt=0):
            raise NothingToRetry
        await _reopen(mailing, run, _end_of(mailing, run, wanted))
        await _done(MailingEvent.RETRIED, mailing_id, by, **wanted.model_dump(mode="json"))
        await _move_to_pending(run.id, again)
        return await show(await Mailing.get(id=mailing_id), reader_id=by.principal.user_id)


def _end_of(mailing: Mailing, run: Run, wanted: RetryRequest) -> datetime:
    now = clock.now()
    ends_at = run.ends_at
    if wanted.ends_at is not None:
        ends_at = instant_in(mailing.time_zone, wanted.ends_at)
        if not now < ends_at <= now + _LONGEST_RETRY:
            raise UnprocessableEntity([FieldProblem("ends_at", "Must be within a year from now")])
    if ends_at <= now:
        raise WindowOver([FieldProblem("ends_at", WindowOver.message)])
    return ends_at


async def _reopen(mailing: Mailing, run: Run, ends_at: datetime) -> None:
    window = {}
    if mailing.repeat is Repeat.NONE:
        wall = wall_of(ends_at, mailing.time_zone)
        window = {"ends_at": ends_at, "wall_ends_at": wall.isoformat()}
    await moves.move_one(
        mailing.id,
        Action.RETRY_FAILED,
        Actor.OWNER,
        MailingStatus.RUNNING,
        status_reason=None,
        **window,
    )
    may_send = not runs.is_quiet(mailing)
    await Run.filter(id=run.id).update(finished_at=None, ends_at=ends_at, is_sending=may_send)


async def _move_to_pending(run_id: int, again: list[DeliveryState]) -> None:
    async with moving() as moves_of_run:
        for before in again:
            moved = _BATCH
            while moved == _BATCH:
                moved = await moves_of_run.of_run(
                    run_id, DeliveryState.PENDING, before=before, limit=_BATCH
                )


async def _done(
    event: MailingEvent, mailing_id: int, by: Submitter, **details: object
) -> MailingRead:
    owner_id = by.principal.user_id
    await record(
        event,
        caller=by.caller,
        actor_id=owner_id,
        owner_id=owner_id,
        mailing_id=mailing_id,
        **details,
    )
    return await show(await Mailing.get(id=mailing_id), reader_id=owner_id)
