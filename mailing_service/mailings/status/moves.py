"""Changes of a mailing's status: one conditional UPDATE each, by the table."""

from typing import Any

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from mailing_service.errors import MailingNotFound, StatusForbids
from mailing_service.mailings.status.transitions import Action, Actor, sources
from mailing_service.models.mailings import Mailing, MailingStatus
from shared import clock
from shared.errors import FieldProblem
from shared.language.translation import Sentence

_S = MailingStatus
SHOWN = {
    _S.DRAFT: Sentence("The mailing is a draft"),
    _S.AWAITING_APPROVAL: Sentence("The mailing is waiting for approval"),
    _S.REJECTED: Sentence("The mailing is rejected"),
    _S.SCHEDULED: Sentence("The mailing is scheduled"),
    _S.RUNNING: Sentence("The mailing is running"),
    _S.PAUSED: Sentence("The mailing is paused"),
    _S.FINISHED: Sentence("The mailing is finished"),
    _S.FINISHED_WITH_ERRORS: Sentence("The mailing is finished, with errors"),
    _S.FINISHED_EARLY: Sentence("The mailing was finished early"),
    _S.DISABLED: Sentence("The mailing is disabled"),
    _S.EXPIRED: Sentence("The mailing has expired"),
}


async def move(
    mailings: QuerySet[Mailing],
    action: Action,
    actor: Actor,
    target: MailingStatus,
    **changes: Any,
) -> int:
    """Change the status of those of `mailings` that the table allows; return how many."""
    movable = mailings.filter(status__in=sources(action, actor, target))
    return await movable.update(status=target, updated_at=clock.now(), **changes)


async def move_one(
    mailing_id: int, action: Action, actor: Actor, target: MailingStatus, **changes: Any
) -> None:
    """Change the status of one; raises StatusForbids, which names its status."""
    if not await move(Mailing.filter(id=mailing_id), action, actor, target, **changes):
        raise await refusal(mailing_id)


async def pause(mailings: QuerySet[Mailing], actor: Actor, *, reason: str | None = None) -> int:
    """Pause those that the table allows, so that each can go on as what it is; return how many."""
    return await move(
        mailings,
        Action.PAUSE,
        actor,
        MailingStatus.PAUSED,
        paused_from=F("status"),
        status_reason=reason,
    )


async def resume(mailing_id: int) -> None:
    """Have a paused one go on as what it was; raises StatusForbids."""
    movable = Mailing.filter(id=mailing_id, status__in=sources(Action.RESUME, Actor.OWNER))
    changes = {"status": F("paused_from"), "paused_from": None, "status_reason": None}
    if not await movable.update(**changes, updated_at=clock.now()):
        raise await refusal(mailing_id)


async def refusal(mailing_id: int) -> MailingNotFound | StatusForbids:
    """Return why the table does not allow a change."""
    mailing = await Mailing.get_or_none(id=mailing_id)
    return MailingNotFound() if mailing is None else forbidden(mailing.status)


def forbidden(status: MailingStatus) -> StatusForbids:
    """Return the 409 that names this status."""
    return StatusForbids([FieldProblem("status", SHOWN[status])])
