"""Stop mailings that nobody asked to stop: of a blocked owner, and of a restored system."""

from uuid import UUID

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent, record, record_each
from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.status import moves, runs
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.models.mailings import Mailing
from mailing_service.models.sending import SendingState
from shared import clock


async def pause_all_of(owner_id: UUID, reason: StatusReason) -> int:
    """Pause what an owner has running or scheduled, and return how many.

    Call it in the transaction that marks their account, after that.
    """
    return await _pause_all(Mailing.filter(owner_id=owner_id), reason)


async def hold(reason: StatusReason = StatusReason.RESTORED) -> int:
    """Stop all sending, and pause what runs or is scheduled until its owner resumes it.

    Workers claim nothing until `release`. Returns how many mailings were paused.
    """
    async with in_transaction():
        await SendingState.filter(id=1, held_at=None).update(held_at=clock.now())
        paused = await _pause_all(Mailing.all(), reason)
        await record(MailingEvent.HELD, reason=reason.value, paused=paused)
    return paused


async def pause_what_was_held() -> int:
    """Pause what ran or was scheduled when the mark was set, by whatever set it; return how many.

    A restore sets the mark alone, before any process of the service is there. What its owner has
    resumed or submitted since then is left alone.
    """
    state = await SendingState.get(id=1)
    if state.held_at is None:
        return 0
    before = Mailing.filter(updated_at__lte=state.held_at)
    if not await before.filter(status__in=sources(Action.PAUSE, Actor.SYSTEM)).exists():
        return 0
    async with in_transaction():
        return await _pause_all(before, StatusReason.RESTORED)


async def release() -> bool:
    """Let workers claim again; tell whether they were held. What is paused stays paused."""
    await pause_what_was_held()
    async with in_transaction():
        held = SendingState.filter(id=1, held_at__not_isnull=True)
        was_held = bool(await held.update(held_at=None))
        if was_held:
            await record(MailingEvent.RELEASED)
    return was_held


async def _pause_all(mailings: QuerySet[Mailing], reason: StatusReason) -> int:
    going = mailings.filter(status__in=sources(Action.PAUSE, Actor.SYSTEM))
    rows = await going.order_by("id").select_for_update().values_list("id", "owner_id")
    ids = [row[0] for row in rows]
    paused = await moves.pause(Mailing.filter(id__in=ids), Actor.SYSTEM, reason=reason)
    await runs.stop(ids)
    await record_each(MailingEvent.PAUSED, rows, reason=reason.value)
    return paused
