"""Which status of a mailing may follow which, by what, and by whom; docs/mailing.md has this table.

Pure data: a room that changes a status asks here from where it may, and does so in one conditional
UPDATE.
"""

from enum import StrEnum
from typing import NamedTuple

from mailing_service.models.mailings import MailingStatus


class Actor(StrEnum):
    """In what capacity somebody or something changes a status."""

    OWNER = "owner"
    MANAGER = "manager"
    CLOCK = "clock"
    SYSTEM = "system"


class Action(StrEnum):
    """What changes a status."""

    SUBMIT = "submit"
    CHANGE = "change"
    APPROVE = "approve"
    REJECT = "reject"
    START = "start"
    ASK_AGAIN = "ask_again"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    DISABLE = "disable"
    END_RUN = "end_run"
    END_WINDOW = "end_window"
    RETRY_FAILED = "retry_failed"


class Transition(NamedTuple):
    """One line of the table."""

    source: MailingStatus
    action: Action
    target: MailingStatus
    actors: frozenset[Actor]


_S = MailingStatus
_OWNER = frozenset({Actor.OWNER})
_MANAGER = frozenset({Actor.MANAGER})
_CLOCK = frozenset({Actor.CLOCK})
_OWNER_OR_SYSTEM = frozenset({Actor.OWNER, Actor.SYSTEM})

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.DRAFT, Action.SUBMIT, _S.AWAITING_APPROVAL, _OWNER),
    Transition(_S.DRAFT, Action.SUBMIT, _S.SCHEDULED, _OWNER),
    Transition(_S.DRAFT, Action.CHANGE, _S.DRAFT, _OWNER),
    Transition(_S.AWAITING_APPROVAL, Action.APPROVE, _S.SCHEDULED, _MANAGER),
    Transition(_S.AWAITING_APPROVAL, Action.REJECT, _S.REJECTED, _MANAGER),
    Transition(_S.AWAITING_APPROVAL, Action.CHANGE, _S.DRAFT, _OWNER),
    Transition(_S.AWAITING_APPROVAL, Action.END_WINDOW, _S.EXPIRED, _CLOCK),
    Transition(_S.REJECTED, Action.CHANGE, _S.DRAFT, _OWNER),
    Transition(_S.SCHEDULED, Action.START, _S.RUNNING, _CLOCK),
    Transition(_S.SCHEDULED, Action.ASK_AGAIN, _S.AWAITING_APPROVAL, _CLOCK),
    Transition(_S.SCHEDULED, Action.CHANGE, _S.DRAFT, _OWNER),
    Transition(_S.SCHEDULED, Action.PAUSE, _S.PAUSED, _OWNER_OR_SYSTEM),
    Transition(_S.SCHEDULED, Action.FINISH, _S.FINISHED_EARLY, _OWNER_OR_SYSTEM),
    Transition(_S.SCHEDULED, Action.DISABLE, _S.DISABLED, _MANAGER),
    Transition(_S.SCHEDULED, Action.END_WINDOW, _S.EXPIRED, _CLOCK),
    Transition(_S.RUNNING, Action.PAUSE, _S.PAUSED, _OWNER_OR_SYSTEM),
    Transition(_S.RUNNING, Action.END_RUN, _S.FINISHED, _CLOCK),
    Transition(_S.RUNNING, Action.END_RUN, _S.FINISHED_WITH_ERRORS, _CLOCK),
    Transition(_S.RUNNING, Action.END_RUN, _S.SCHEDULED, _CLOCK),
    Transition(_S.RUNNING, Action.FINISH, _S.FINISHED_EARLY, _OWNER_OR_SYSTEM),
    Transition(_S.RUNNING, Action.DISABLE, _S.DISABLED, _MANAGER),
    Transition(_S.PAUSED, Action.RESUME, _S.SCHEDULED, _OWNER),
    Transition(_S.PAUSED, Action.RESUME, _S.RUNNING, _OWNER),
    Transition(_S.PAUSED, Action.FINISH, _S.FINISHED_EARLY, _OWNER_OR_SYSTEM),
    Transition(_S.PAUSED, Action.DISABLE, _S.DISABLED, _MANAGER),
    Transition(_S.PAUSED, Action.END_WINDOW, _S.EXPIRED, _CLOCK),
    Transition(_S.FINISHED, Action.RETRY_FAILED, _S.RUNNING, _OWNER),
    Transition(_S.FINISHED_WITH_ERRORS, Action.RETRY_FAILED, _S.RUNNING, _OWNER),
    Transition(_S.FINISHED_EARLY, Action.RETRY_FAILED, _S.RUNNING, _OWNER),
)


def sources(
    action: Action, actor: Actor, target: MailingStatus | None = None
) -> list[MailingStatus]:
    """Return the statuses from which `actor` may do this, to reach `target` if one is given."""
    found = (
        transition.source
        for transition in TRANSITIONS
        if transition.action is action
        and actor in transition.actors
        and target in {None, transition.target}
    )
    return list(dict.fromkeys(found))
