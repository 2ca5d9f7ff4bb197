"""Write down what happened to mailings; what is written stays.

Call it in the transaction of what it describes.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from mailing_service.caller import SYSTEM, Caller
from mailing_service.models.audit import AuditEvent


class MailingEvent(StrEnum):
    """Everything that is written down."""

    SUBMITTED = "submitted"
    CHANGED = "changed"
    APPROVED = "approved"
    APPROVAL_ASKED_AGAIN = "approval_asked_again"
    REJECTED = "rejected"
    DISABLED = "disabled"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    FINISHED_EARLY = "finished_early"
    EXPIRED = "expired"
    RUN_MISSED = "run_missed"
    RETRIED = "retried"
    DELETED = "deleted"
    HELD = "held"
    RELEASED = "released"
    OWNER_ERASED = "owner_erased"
    ADDRESSES_READ = "addresses_read"
    AUDIT_READ = "audit_read"
    SUPPRESSED_FOR_ALL = "suppressed_for_all"
    UNSUPPRESSED_FOR_ALL = "unsuppressed_for_all"
    ARTICLE_WRITTEN = "article_written"
    ARTICLE_CHANGED = "article_changed"
    ARTICLE_PUBLISHED = "article_published"
    ARTICLE_SCHEDULED = "article_scheduled"
    ARTICLE_WITHDRAWN = "article_withdrawn"
    ARTICLE_DELETED = "article_deleted"


async def record(
    event: MailingEvent,
    *,
    caller: Caller = SYSTEM,
    actor_id: UUID | None = None,
    owner_id: UUID | None = None,
    mailing_id: int | None = None,
    **details: Any,
) -> int:
    """Add one event, and return its id; `details` must hold no address of anybody."""
    added = await AuditEvent.create(
        event=event.value,
        actor_id=actor_id,
        owner_id=owner_id,
        mailing_id=mailing_id,
        address=caller.address,
        user_agent=caller.user_agent,
        request_id=caller.request_id,
        details=details,
    )
    return int(added.id)


async def record_each(
    event: MailingEvent, mailings: Iterable[tuple[int, UUID]], **details: Any
) -> None:
    """Add the same event of the system for many mailings, given as pairs of id and owner."""
    await AuditEvent.bulk_create(
        [
            AuditEvent(event=event.value, mailing_id=mailing, owner_id=owner, details=details)
            for mailing, owner in mailings
        ]
    )


async def erase_owner(owner_id: UUID) -> None:
    """Remove addresses and devices of an erased person; what they did stays, by their id alone."""
    await AuditEvent.filter(actor_id=owner_id).update(address=None, user_agent=None)
