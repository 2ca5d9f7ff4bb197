"""What managers decide: each decision is written down in its transaction."""

from typing import Any

from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import certain
from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
from mailing_service.errors import MailingNotFound, OwnMailing, WindowOver
from mailing_service.mailings.approval import binding
from mailing_service.mailings.choices import choices_of
from mailing_service.mailings.choosing import window_of
from mailing_service.mailings.reach.audience import reached_by
from mailing_service.mailings.schemas import MailingRead
from mailing_service.mailings.service import refuse_unseen
from mailing_service.mailings.showing import show
from mailing_service.mailings.status import runs
from mailing_service.mailings.status.moves import forbidden, move_one
from mailing_service.mailings.status.owners import lock_unblocked
from mailing_service.mailings.status.transitions import Action, Actor
from mailing_service.models.mailings import Mailing, MailingStatus
from shared import clock
from shared.access.principal import Principal


@certain
async def approve_mailing(
    mailing_id: int, *, manager: Principal, tags: frozenset[str] | None, caller: Caller
) -> MailingRead:
    """Approve what waits, as it is at this moment: the approval binds it.

    Raises MailingNotFound, OwnMailing, PreconditionFailed, OwnerBlocked, AccountsOutdated,
    StatusForbids and WindowOver.
    """
    async with in_transaction():
        owner = await Mailing.get_or_none(id=mailing_id).values("owner_id")
        if owner is None:
            raise MailingNotFound
        if owner["owner_id"] == manager.user_id:
            raise OwnMailing
        await lock_unblocked(owner["owner_id"])
        mailing = await _lock(mailing_id, tags)
        bound = await _bound(mailing)
        await move_one(
            mailing_id,
            Action.APPROVE,
            Actor.MANAGER,
            MailingStatus.SCHEDULED,
            approved=bound,
            status_reason=None,
        )
        details = {name: bound[name] for name in ("message_revision", "count")}
        return await _decided(MailingEvent.APPROVED, mailing, manager, caller, **details)


async def reject_mailing(
    mailing_id: int,
    reason: str,
    *,
    manager: Principal,
    tags: frozenset[str] | None,
    caller: Caller,
) -> MailingRead:
    """Reject what waits; its owner reads why.

    Raises MailingNotFound, PreconditionFailed and StatusForbids.
    """
    async with in_transaction():
        mailing = await _lock(mailing_id, tags)
        await move_one(
            mailing_id,
            Action.REJECT,
            Actor.MANAGER,
            MailingStatus.REJECTED,
            reason=reason,
            status_reason=None,
            next_run_at=None,
            next_ends_at=None,
        )
        return await _decided(MailingEvent.REJECTED, mailing, manager, caller, reason=reason)


async def disable_mailing(
    mailing_id: int, reason: str, *, manager: Principal, caller: Caller
) -> MailingRead:
    """Disable what is scheduled, running or paused, for good; what is unsent expires.

    Raises MailingNotFound and StatusForbids.
    """
    async with in_transaction():
        mailing = await _lock(mailing_id, None)
        await move_one(
            mailing_id,
            Action.DISABLE,
            Actor.MANAGER,
            MailingStatus.DISABLED,
            reason=reason,
            status_reason=None,
            paused_from=None,
            next_run_at=None,
            next_ends_at=None,
        )
        await runs.stop([mailing_id])
        return await _decided(MailingEvent.DISABLED, mailing, manager, caller, reason=reason)


async def _lock(mailing_id: int, tags: frozenset[str] | None) -> Mailing:
    there = Mailing.filter(id=mailing_id, deleted_at=None)
    mailing = await there.select_for_update().first()
    if mailing is None:
        raise MailingNotFound
    refuse_unseen(mailing, tags)
    return mailing


async def _bound(mailing: Mailing) -> dict[str, Any]:
    """Return what an approval binds; its message is the one it was submitted with."""
    if mailing.status is not MailingStatus.AWAITING_APPROVAL or mailing.submitted is None:
        raise forbidden(mailing.status)
    if window_of(mailing).open_at(clock.now()) is None:
        raise WindowOver
    count = await reached_by(mailing.id)
    revision = mailing.submitted["revision"]
    return binding(mailing, await choices_of(mailing.id), revision=revision, count=count)


async def _decided(
    event: MailingEvent, mailing: Mailing, manager: Principal, caller: Caller, **details: Any
) -> MailingRead:
    await record(
        event,
        caller=caller,
        actor_id=manager.user_id,
        owner_id=mailing.owner_id,
        mailing_id=mailing.id,
        **details,
    )
    return await show(await Mailing.get(id=mailing.id), reader_id=manager.user_id)
