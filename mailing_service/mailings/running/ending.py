"""End runs and windows: what is unsent expires, and the status says how it went."""

from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent, record
from mailing_service.deliveries.moving import moving
from mailing_service.deliveries.transitions import OPEN, UNSENT
from mailing_service.mailings.choosing import window_of
from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.status.moves import move
from mailing_service.mailings.status.transitions import Action, Actor
from mailing_service.models.deliveries import DeliveryState, RunCount
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from shared import clock

_BATCH = 10_000
_ERRORS = (DeliveryState.FAILED, DeliveryState.UNCERTAIN, DeliveryState.EXPIRED)
_STOPPED = {
    MailingStatus.FINISHED_EARLY: "finished_early",
    MailingStatus.DISABLED: "disabled",
    MailingStatus.EXPIRED: "window_over",
}


async def end_run(run: Run) -> bool:
    """Expire what a run may not send any more, and end it where nothing is left; tell whether.

    An email that is being sent is left alone: the run ends when it is known how that went.
    """
    mailing = await Mailing.get(id=run.mailing_id)
    reason = _STOPPED.get(mailing.status)
    if reason is None and run.ends_at <= clock.now():
        reason = StatusReason.WINDOW_OVER.value
    if reason is not None:
        await Run.filter(id=run.id, is_sending=True).update(is_sending=False)
        await _expire(run.id, reason)
    elif mailing.status is not MailingStatus.RUNNING:
        return False  # a paused one goes on, however little is left of it
    return await _finish(run.id)


async def _expire(run_id: int, reason: str) -> None:
    for before in sorted(UNSENT):
        moved = _BATCH
        while moved == _BATCH:
            async with moving() as moves:
                moved = await moves.of_run(
                    run_id, DeliveryState.EXPIRED, before=before, reason=reason, limit=_BATCH
                )


async def _finish(run_id: int) -> bool:
    """End a run without open deliveries, in one transaction with the status of its mailing."""
    async with in_transaction():
        run = await Run.select_for_update().get_or_none(id=run_id, finished_at=None)
        if run is None:
            return False
        counts = dict(await RunCount.filter(run_id=run_id).values_list("state", "count"))
        if any(counts.get(state, 0) for state in OPEN):
            return False
        mailing = await Mailing.select_for_update().get(id=run.mailing_id)
        if mailing.status is MailingStatus.PAUSED and run.ends_at > clock.now():
            return False
        await Run.filter(id=run_id).update(finished_at=clock.now(), is_sending=False)
        has_errors = any(counts.get(state, 0) for state in _ERRORS)
        await _end_mailing(mailing, has_errors=has_errors)
        about = {"owner_id": mailing.owner_id, "mailing_id": mailing.id}
        await record(MailingEvent.FINISHED, **about, run=run.number, has_errors=has_errors)
    return True


async def _end_mailing(mailing: Mailing, *, has_errors: bool) -> None:
    this = Mailing.filter(id=mailing.id)
    goes_on = mailing.next_run_at is not None
    if mailing.status is MailingStatus.RUNNING:
        target = MailingStatus.FINISHED_WITH_ERRORS if has_errors else MailingStatus.FINISHED
        target = MailingStatus.SCHEDULED if goes_on else target
        await move(this, Action.END_RUN, Actor.CLOCK, target)
    elif mailing.status is MailingStatus.PAUSED and goes_on:
        await this.update(paused_from=MailingStatus.SCHEDULED)
    elif mailing.status is MailingStatus.PAUSED:
        await _expire_mailing(mailing)


async def end_window(mailing_id: int) -> bool:
    """Let a mailing that waits beyond its window expire, or wait for its next repeat."""
    now = clock.now()
    async with in_transaction():
        over = Mailing.filter(id=mailing_id, next_ends_at__lte=now)
        mailing = await over.select_for_update(skip_locked=True).first()
        if mailing is None:
            return False
        following = window_of(mailing).open_at(now)
        if following is None:
            return await _expire_mailing(mailing)
        await Mailing.filter(id=mailing_id).update(
            next_run_at=following.starts_at, next_ends_at=following.ends_at, updated_at=now
        )
        await record(MailingEvent.RUN_MISSED, owner_id=mailing.owner_id, mailing_id=mailing_id)
    return True


async def _expire_mailing(mailing: Mailing) -> bool:
    expired = await move(
        Mailing.filter(id=mailing.id),
        Action.END_WINDOW,
        Actor.CLOCK,
        MailingStatus.EXPIRED,
        next_run_at=None,
        next_ends_at=None,
        paused_from=None,
        status_reason=StatusReason.WINDOW_OVER,
    )
    if expired:
        await record(MailingEvent.EXPIRED, owner_id=mailing.owner_id, mailing_id=mailing.id)
    return bool(expired)
