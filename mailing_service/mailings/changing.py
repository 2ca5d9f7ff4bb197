"""Change a mailing: whatever it waited for, it is a draft after that."""

from typing import Any

from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
from mailing_service.mailings import choices
from mailing_service.mailings.choosing import (
    choose_quiet_hours,
    choose_window,
    chosen_times_of,
    quiet_choice_of,
    window_columns,
)
from mailing_service.mailings.schemas import MailingRead, MailingUpdate
from mailing_service.mailings.service import lock_own, refuse_unseen
from mailing_service.mailings.showing import show
from mailing_service.mailings.status.moves import move_one
from mailing_service.mailings.status.transitions import Action, Actor
from mailing_service.models.mailings import Mailing, MailingStatus
from shared.access.principal import Principal


async def change_mailing(
    mailing_id: int,
    change: MailingUpdate,
    *,
    owner: Principal,
    is_staff: bool,
    tags: frozenset[str] | None,
    caller: Caller,
) -> MailingRead:
    """Change a mailing, which is a draft after it.

    Raises MailingNotFound, Forbidden, PreconditionFailed, StatusForbids, ChosenNotFound and
    UnprocessableEntity.
    """
    async with in_transaction():
        mailing = await lock_own(mailing_id, owner, is_staff=is_staff)
        refuse_unseen(mailing, tags)
        was = mailing.status
        changes = await _changes(mailing, change)
        await move_one(
            mailing_id,
            Action.CHANGE,
            Actor.OWNER,
            MailingStatus.DRAFT,
            **changes,
            revision=mailing.revision + 1,
            next_run_at=None,
            next_ends_at=None,
            approved=None,
            status_reason=None,
        )
        if was is not MailingStatus.DRAFT:
            await record(
                MailingEvent.CHANGED,
                caller=caller,
                actor_id=owner.user_id,
                owner_id=owner.user_id,
                mailing_id=mailing_id,
                was=was,
            )
        return await show(await Mailing.get(id=mailing_id), reader_id=owner.user_id)


async def _changes(mailing: Mailing, change: MailingUpdate) -> dict[str, Any]:
    given = change.model_fields_set
    changes: dict[str, Any] = {
        name: getattr(change, name) for name in ("name", "purpose") if name in given
    }
    if "message_id" in given:
        await choices.check_message(mailing.owner_id, change.message_id)
        changes["message_id"] = change.message_id
    if "list_ids" in given:
        changes["lists_chosen"] = await choices.choose_lists(mailing, change.list_ids)
    if "recipient_ids" in given:
        chosen = await choices.choose_recipients(mailing, change.recipient_ids)
        changes["recipients_chosen"] = chosen
    return changes | _window_changes(mailing, change)


def _window_changes(mailing: Mailing, change: MailingUpdate) -> dict[str, Any]:
    given = change.model_fields_set
    if given.isdisjoint({"starts_at", "ends_at", "time_zone", "repeat", "quiet_hours"}):
        return {}
    starts, ends = chosen_times_of(mailing, moves_zone="time_zone" in given)
    window = choose_window(
        change.starts_at if "starts_at" in given else starts,
        change.ends_at if "ends_at" in given else ends,
        zone=change.time_zone if "time_zone" in given else mailing.time_zone,
        repeat=change.repeat if "repeat" in given else mailing.repeat,
    )
    quiet = change.quiet_hours if "quiet_hours" in given else quiet_choice_of(mailing)
    choose_quiet_hours(quiet, window)
    return window_columns(window, quiet)
