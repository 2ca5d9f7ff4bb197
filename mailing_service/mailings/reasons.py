"""Why the system changed a mailing's status; `status_reason` holds one of these."""

from enum import StrEnum


class StatusReason(StrEnum):
    """What made the system pause a mailing, ask again for approval, or end it."""

    OWNER_BLOCKED = "owner_blocked"
    OWNER_ERASED = "owner_erased"
    RESTORED = "restored"
    MESSAGE_MISSING = "message_missing"
    TOO_MANY_RECIPIENTS = "too_many_recipients"
    MESSAGE_CHANGED = "message_changed"
    RECIPIENTS_CHANGED = "recipients_changed"
    RECIPIENTS_GREW = "recipients_grew"
    NOT_APPROVED = "not_approved"
    WINDOW_OVER = "window_over"
