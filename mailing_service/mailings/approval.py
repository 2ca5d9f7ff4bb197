"""What an approval binds, and what makes a mailing ask for it again.

Bound are the message and its revision, the lists and recipients that were chosen, and how many
they reached. Window and repetition are bound, too, by themselves: changing them makes a draft.
Something that is gone since is no reason to ask.
"""

from typing import Any

from mailing_service.mailings.choices import Choices
from mailing_service.mailings.reasons import StatusReason
from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.settings import MailingSettings


def snapshot_of(message: Message) -> dict[str, Any]:
    """Return the message as it is submitted and shown to managers."""
    return {
        "subject": message.subject,
        "preheader": message.preheader,
        "body": message.body,
        "language": message.language,
        "revision": message.revision,
    }


def binding(mailing: Mailing, chosen: Choices, *, revision: int, count: int) -> dict[str, Any]:
    """Return what is approved, as it is stored."""
    return {
        "message_id": mailing.message_id,
        "message_revision": revision,
        "list_ids": chosen.lists,
        "recipient_ids": chosen.recipients,
        "starts_at": mailing.starts_at.isoformat(),
        "ends_at": mailing.ends_at.isoformat(),
        "time_zone": mailing.time_zone,
        "repeat": mailing.repeat.value,
        "count": count,
    }


def reason_to_ask(
    approved: dict[str, Any] | None, now: dict[str, Any], settings: MailingSettings
) -> StatusReason | None:
    """Return why what would start `now` is not what was approved, None where it is."""
    if approved is None:
        return StatusReason.NOT_APPROVED
    message = ("message_id", "message_revision")
    if any(approved[name] != now[name] for name in message):
        return StatusReason.MESSAGE_CHANGED
    chosen = ("list_ids", "recipient_ids")
    if any(not set(now[name]) <= set(approved[name]) for name in chosen):
        return StatusReason.RECIPIENTS_CHANGED
    if _grew(approved["count"], now["count"], settings):
        return StatusReason.RECIPIENTS_GREW
    return None


def _grew(before: int, now: int, settings: MailingSettings) -> bool:
    growth = now - before
    percent = settings.approval_growth_percent
    return growth > settings.approval_growth_recipients and growth * 100 > before * percent
