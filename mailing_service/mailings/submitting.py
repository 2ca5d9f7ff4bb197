"""Submit a mailing: it waits for its approval, or for its time."""

from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from mailing_service.accounts.certainty import certain
from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
from mailing_service.errors import (
    FieldsLacking,
    MailingHasNoMessage,
    NobodyToReach,
    TooManyRecipients,
    TooManyWaiting,
    WindowOver,
)
from mailing_service.idempotency.service import Response, once
from mailing_service.mailings.approval import snapshot_of
from mailing_service.mailings.choosing import window_of
from mailing_service.mailings.reach.audience import reached_by
from mailing_service.mailings.reach.lacking import lacking
from mailing_service.mailings.schemas import MailingCreate
from mailing_service.mailings.service import add_draft, lock_own, refuse_unseen
from mailing_service.mailings.showing import show
from mailing_service.mailings.status.moves import forbidden, move_one
from mailing_service.mailings.status.owners import lock_unblocked
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.models.mailings import Mailing, MailingStatus
from mailing_service.models.messages import Message
from mailing_service.settings import MailingSettings
from shared import clock
from shared.access.principal import Principal
from shared.errors import FieldProblem
from shared.language.translation import Sentence

WAITING = (MailingStatus.AWAITING_APPROVAL, MailingStatus.SCHEDULED, MailingStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who submits, in what capacity, and from where."""

    principal: Principal
    caller: Caller
    is_staff: bool
    has_no_limits: bool


@certain
async def create_mailing(
    new: MailingCreate, *, by: Submitter, key: str | None, settings: MailingSettings
) -> Response:
    """Write a mailing and submit it, unless it is to stay a draft; once for each key.

    Raises ChosenNotFound, UnprocessableEntity, and what `submit_mailing` raises.
    """
    owner_id = by.principal.user_id

    async def create() -> str:
        if not new.draft:
            await lock_unblocked(owner_id)
        mailing = await add_draft(owner_id, new)
        if not new.draft:
            await _submit(mailing, by, settings)
        return await _shown(mailing.id, by)

    async with in_transaction():
        request = f"POST /api/v1/mailings\n{new.model_dump_json(exclude_unset=True)}"
        return await once(owner_id, key, request=request, do=create)


@certain
async def submit_mailing(
    mailing_id: int,
    *,
    by: Submitter,
    tags: frozenset[str] | None,
    key: str | None,
    settings: MailingSettings,
) -> Response:
    """Submit a draft; once for each key.

    Raises MailingNotFound, Forbidden, PreconditionFailed, StatusForbids, OwnerBlocked,
    AccountsOutdated, MailingHasNoMessage, WindowOver, NobodyToReach, FieldsLacking,
    TooManyRecipients, TooManyWaiting, IdempotencyKeyReused and RequestInProgress.
    """
    owner_id = by.principal.user_id

    async def submit() -> str:
        await lock_unblocked(owner_id)
        mailing = await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        refuse_unseen(mailing, tags)
        await _submit(mailing, by, settings)
        return await _shown(mailing_id, by)

    async with in_transaction():
        request = f"POST /api/v1/mailings/{mailing_id}/submit"
        return await once(owner_id, key, request=request, do=submit)


async def _submit(mailing: Mailing, by: Submitter, settings: MailingSettings) -> None:
    if mailing.status not in sources(Action.SUBMIT, Actor.OWNER):
        raise forbidden(mailing.status)
    message = await Message.get_or_none(id=mailing.message_id, owner_id=mailing.owner_id)
    if message is None:
        raise MailingHasNoMessage
    occurrence = window_of(mailing).open_at(clock.now())
    if occurrence is None:
        raise WindowOver
    reached = await reached_by(mailing.id)
    if not by.has_no_limits:
        await _refuse_too_many(mailing, reached, settings)
    if not reached:
        raise NobodyToReach
    await _refuse_gaps(mailing)
    waits = settings.approval and not by.has_no_limits
    await move_one(
        mailing.id,
        Action.SUBMIT,
        Actor.OWNER,
        MailingStatus.AWAITING_APPROVAL if waits else MailingStatus.SCHEDULED,
        submitted=snapshot_of(message),
        approved=None,
        reason=None,
        status_reason=None,
        next_run_at=occurrence.starts_at,
        next_ends_at=occurrence.ends_at,
    )
    await _record(mailing, by, recipients=reached, revision=message.revision)


async def _refuse_gaps(mailing: Mailing) -> None:
    """Raise FieldsLacking where an email would have a gap."""
    problems = [
        FieldProblem(
            f"audience.lacking.{name}",
            Sentence(
                "{count} recipients have no value; write a default: {field}",
                count=count,
                field=f"{{{{{name}|…}}}}",
            ),
        )
        for name, count in (await lacking(mailing)).items()
    ]
    if problems:
        raise FieldsLacking(problems)


async def _refuse_too_many(mailing: Mailing, reached: int, settings: MailingSettings) -> None:
    most = settings.mailing_recipients
    if reached > most:
        rule = Sentence("At most {most}, but there are {count}", most=most, count=reached)
        raise TooManyRecipients([FieldProblem("audience.reached", rule)])
    waiting = Mailing.filter(owner_id=mailing.owner_id, deleted_at=None, status__in=WAITING)
    if await waiting.count() >= settings.waiting_mailings:
        rule = Sentence("At most {most} may wait at a time", most=settings.waiting_mailings)
        raise TooManyWaiting([FieldProblem("status", rule)])


async def _record(mailing: Mailing, by: Submitter, **details: Any) -> None:
    await record(
        MailingEvent.SUBMITTED,
        caller=by.caller,
        actor_id=by.principal.user_id,
        owner_id=mailing.owner_id,
        mailing_id=mailing.id,
        **details,
    )


async def _shown(mailing_id: int, by: Submitter) -> str:
    mailing = await Mailing.get(id=mailing_id)
    return (await show(mailing, reader_id=by.principal.user_id)).model_dump_json()
