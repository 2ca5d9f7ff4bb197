"""Forget what an erased person wrote; how many emails were sent, and to how many, stays."""

from uuid import UUID

from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent, record
from mailing_service.mailings.reasons import StatusReason
from mailing_service.mailings.status import moves, runs
from mailing_service.mailings.status.transitions import Action, Actor
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from shared import clock


async def erase_owner(owner_id: UUID) -> None:
    """End and empty the mailings of an erased person, and delete those that never ran.

    Part of the transaction that erases the account, if there is one.
    """
    async with in_transaction():
        own = Mailing.filter(owner_id=owner_id)
        await moves.move(
            own,
            Action.FINISH,
            Actor.SYSTEM,
            MailingStatus.FINISHED_EARLY,
            next_run_at=None,
            next_ends_at=None,
            paused_from=None,
            status_reason=StatusReason.OWNER_ERASED,
        )
        ids = [row["id"] for row in await own.values("id")]
        await runs.stop(ids)
        await own.filter(runs_begun=0).delete()
        now = clock.now()
        await own.update(name="", submitted=None, reason=None, deleted_at=now, updated_at=now)
        await Run.filter(owner_id=owner_id).update(message={})
        if ids:
            await record(MailingEvent.OWNER_ERASED, owner_id=owner_id, mailings=len(ids))
