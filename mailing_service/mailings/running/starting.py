"""Start a due mailing: its status, and a run with the message as it is now.

Whose deliveries are written by `filling`, in a transaction of their own: the status shows first,
and a pause or a block never waits for 100,000 rows.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import are_known_since
from mailing_service.audit.service import MailingEvent, record
from mailing_service.mailings.approval import binding, reason_to_ask, snapshot_of
from mailing_service.mailings.choices import choices_of
from mailing_service.mailings.choosing import window_of
from mailing_service.mailings.reach.audience import reached_by
from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.status import moves
from mailing_service.mailings.status.owners import has_no_limits
from mailing_service.mailings.status.transitions import Action, Actor
from mailing_service.models.accounts import Account
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.messages import Message
from mailing_service.settings import MailingSettings
from shared import clock

Refusal: TypeAlias = Callable[[], Awaitable[None]]


async def start(mailing_id: int, settings: MailingSettings) -> bool:
    """Start a mailing that is due, unless another process does; tell whether it runs now."""
    now = clock.now()
    due = Mailing.filter(
        id=mailing_id,
        status=MailingStatus.SCHEDULED,
        next_run_at__lte=now,
        next_ends_at__gt=now,
        deleted_at=None,
    )
    async with in_transaction():
        mailing = await due.select_for_update(skip_locked=True).first()
        if mailing is None:
            return False
        owner = await Account.get_or_none(id=mailing.owner_id)
        if owner is None:
            return False
        message = await Message.get_or_none(id=mailing.message_id)
        if message is None:
            await _pause(mailing, StatusReason.MESSAGE_MISSING)
            return False
        refuse = await _refusal(mailing, message, owner, settings)
        is_doubtful = refuse is not None or owner.email is None
        if is_doubtful and not await are_known_since(mailing.updated_at):
            return False  # the owner may have become somebody else a moment before they submitted
        if refuse is not None:
            await refuse()
            return False
        await _begin_run(mailing, message, owner)
        return True


async def _refusal(
    mailing: Mailing, message: Message, owner: Account, settings: MailingSettings
) -> Refusal | None:
    """Return how to refuse what may not start; None for what may.

    What has grown too large is paused, and what is not as it was approved asks again.
    """
    if owner.is_blocked or owner.erased_at is not None:
        return partial(_pause, mailing, StatusReason.OWNER_BLOCKED)
    if has_no_limits(owner):
        return None
    count = await reached_by(mailing.id)
    if count > settings.mailing_recipients:
        return partial(_pause, mailing, StatusReason.TOO_MANY_RECIPIENTS)
    if not settings.approval:
        return None
    chosen = await choices_of(mailing.id)
    wanted = binding(mailing, chosen, revision=message.revision, count=count)
    reason = reason_to_ask(mailing.approved, wanted, settings)
    return partial(_ask_again, mailing, message, reason) if reason is not None else None


async def _begin_run(mailing: Mailing, message: Message, owner: Account) -> None:
    assert mailing.next_run_at is not None and mailing.next_ends_at is not None  # noqa: S101
    following = window_of(mailing).next_after(mailing.next_run_at)
    await moves.move_one(
        mailing.id,
        Action.START,
        Actor.CLOCK,
        MailingStatus.RUNNING,
        runs_begun=F("runs_begun") + 1,
        submitted=snapshot_of(message),
        status_reason=None,
        next_run_at=following.starts_at if following else None,
        next_ends_at=following.ends_at if following else None,
    )
    run = await Run.create(
        mailing_id=mailing.id,
        owner_id=mailing.owner_id,
        number=mailing.runs_begun + 1,
        message_id=message.id,
        message=_frozen(message, owner),
        is_sending=False,
        starts_at=mailing.next_run_at,
        ends_at=mailing.next_ends_at,
    )
    await _record(MailingEvent.STARTED, mailing, run=run.number)


def _frozen(message: Message, owner: Account) -> dict[str, Any]:
    """Return all of the message that its emails will need, and the address for replies."""
    return {
        "subject": message.subject,
        "preheader": message.preheader,
        "body": message.body,
        "language": message.language,
        "reply_to": owner.email,
    }


async def _pause(mailing: Mailing, reason: StatusReason) -> None:
    await moves.pause(Mailing.filter(id=mailing.id), Actor.SYSTEM, reason=reason)
    await _record(MailingEvent.PAUSED, mailing, reason=reason.value)


async def _ask_again(mailing: Mailing, message: Message, reason: StatusReason) -> None:
    await moves.move_one(
        mailing.id,
        Action.ASK_AGAIN,
        Actor.CLOCK,
        MailingStatus.AWAITING_APPROVAL,
        submitted=snapshot_of(message),
        approved=None,
        status_reason=reason,
    )
    await _record(MailingEvent.APPROVAL_ASKED_AGAIN, mailing, reason=reason.value)


async def _record(event: MailingEvent, mailing: Mailing, **details: Any) -> None:
    await record(event, owner_id=mailing.owner_id, mailing_id=mailing.id, **details)
