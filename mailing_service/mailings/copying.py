"""Copy and delete mailings."""

from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent, record
from mailing_service.mailings import choices
from mailing_service.mailings.choosing import (
    choose_window,
    quiet_choice_of,
    window_columns,
    window_of,
)
from mailing_service.mailings.commands import finish
from mailing_service.mailings.schemas import MailingRead
from mailing_service.mailings.service import lock_own, refuse_unseen
from mailing_service.mailings.showing import show
from mailing_service.mailings.status import runs
from mailing_service.mailings.status.moves import move_one
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.mailings.submitting import Submitter
from mailing_service.mailings.wall_clock import Window, wall_of
from mailing_service.models.mailings import Mailing, MailingStatus
from shared import clock


async def copy_mailing(mailing_id: int, *, by: Submitter) -> MailingRead:
    """Write a draft like this mailing; raises MailingNotFound and Forbidden.

    A window that has begun becomes one of the same length that begins now.
    """
    async with in_transaction():
        mailing = await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        chosen = await choices.choices_of(mailing_id)
        copied = await Mailing.create(
            owner_id=mailing.owner_id,
            name=mailing.name,
            purpose=mailing.purpose,
            message_id=mailing.message_id,
            lists_chosen=len(chosen.lists),
            recipients_chosen=len(chosen.recipients),
            **window_columns(_later(window_of(mailing)), quiet_choice_of(mailing)),
        )
        await choices.choose_lists(copied, chosen.lists)
        await choices.choose_recipients(copied, chosen.recipients)
        return await show(await Mailing.get(id=copied.id), reader_id=by.principal.user_id)


async def delete_mailing(mailing_id: int, *, by: Submitter, tags: frozenset[str] | None) -> None:
    """Delete a mailing; a running one is finished first.

    What was ever submitted leaves its owner's lists alone: managers still see it, and what was
    sent. Raises MailingNotFound, Forbidden and PreconditionFailed.
    """
    async with in_transaction():
        mailing = await lock_own(mailing_id, by.principal, is_staff=by.is_staff)
        refuse_unseen(mailing, tags)
        if mailing.submitted is None:
            await mailing.delete()
            return
        await _end(mailing)
        await Mailing.filter(id=mailing_id).update(deleted_at=clock.now())
        await record(
            MailingEvent.DELETED,
            caller=by.caller,
            actor_id=by.principal.user_id,
            owner_id=mailing.owner_id,
            mailing_id=mailing_id,
            was=mailing.status,
        )


async def _end(mailing: Mailing) -> None:
    """Finish what runs or waits for its time, and ask no manager about it any more."""
    if mailing.status in sources(Action.FINISH, Actor.OWNER):
        await finish(mailing.id, Actor.OWNER)
    elif mailing.status is MailingStatus.AWAITING_APPROVAL:
        nothing = {"next_run_at": None, "next_ends_at": None}
        await move_one(mailing.id, Action.CHANGE, Actor.OWNER, MailingStatus.DRAFT, **nothing)
    await runs.stop([mailing.id])


def _later(window: Window) -> Window:
    now = clock.now().replace(microsecond=0)
    if window.first.starts_at > now:
        return window
    starts = wall_of(now, window.zone)
    ends = starts + (window.wall_ends_at - window.wall_starts_at)
    return choose_window(now, ends, zone=window.zone, repeat=window.repeat)
