"""Write down what happened to accounts; what is written stays.

Call it in the transaction of what it records. A refusal is recorded outside, or after the block: an
error raised inside would undo it.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from auth_service.caller import Caller
from auth_service.models import AuditEvent, User


class Event(StrEnum):
    """Everything that is written down."""

    REGISTERED = "registered"
    SIGNED_IN = "signed_in"
    SIGN_IN_THROTTLED = "sign_in_throttled"
    SIGN_IN_LINK_REQUESTED = "sign_in_link_requested"
    SIGN_IN_LINK_USED = "sign_in_link_used"
    SIGNED_OUT = "signed_out"
    REFRESH_REUSE_DETECTED = "refresh_reuse_detected"
    SESSION_ENDED = "session_ended"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    TOKEN_REVOKED = "token_revoked"
    EMAIL_VERIFIED = "email_verified"
    VERIFICATION_SENT = "verification_sent"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET_REQUESTED = "password_reset_requested"
    PASSWORD_RESET = "password_reset"
    PROFILE_CHANGED = "profile_changed"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CHANGED = "email_changed"
    PHONE_CHANGED = "phone_changed"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_PURGED = "account_purged"
    ACCOUNT_IMPORTED = "account_imported"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    SESSIONS_ENDED = "sessions_ended"
    ROLES_CHANGED = "roles_changed"
    ADMINISTRATOR_CREATED = "administrator_created"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    KEY_IMPORTED = "key_imported"
    AUDIT_READ = "audit_read"


async def record(
    event: Event,
    *,
    caller: Caller,
    succeeded: bool = True,
    actor_id: UUID | None = None,
    subject_id: UUID | None = None,
    session_id: UUID | None = None,
    **details: str | int | bool | list[str],
) -> int:
    """Add one event, and return its id.

    `details` must hold no secret, and no email or phone of anybody; a `block_reason` is what staff
    wrote.
    """
    added = await AuditEvent.create(
        event=event.value,
        succeeded=succeeded,
        actor_id=actor_id,
        subject_id=subject_id,
        session_id=session_id,
        address=caller.address,
        user_agent=caller.user_agent,
        request_id=caller.request_id,
        details=details,
    )
    return int(added.id)


async def record_about(event: Event, user: User | None, caller: Caller, *, succeeded: bool) -> None:
    """Add one event about an account, or about a name that no account has."""
    subject = user.id if user else None
    await record(event, caller=caller, succeeded=succeeded, subject_id=subject)


async def record_each(
    event: Event, subject_ids: Iterable[UUID], *, caller: Caller, actor_id: UUID | None
) -> None:
    """Add the same event for many accounts."""
    await AuditEvent.bulk_create(
        [
            AuditEvent(
                event=event.value,
                succeeded=True,
                actor_id=actor_id,
                subject_id=subject_id,
                address=caller.address,
                user_agent=caller.user_agent,
                request_id=caller.request_id,
            )
            for subject_id in subject_ids
        ]
    )
