"""A message as one recipient would get it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from mailing_service.mail_settings import MailSettings
from mailing_service.messages.content import Draft, filled
from mailing_service.messages.email import Message, email_of, missing_fields, values_of
from mailing_service.messages.schemas import (
    MessageUpdate,
    Preview,
    PreviewRequest,
    PreviewWarning,
    UnsavedPreviewRequest,
)
from mailing_service.messages.service import draft_of, find_message
from mailing_service.models.accounts import Account
from mailing_service.models.messages import Message as StoredMessage
from mailing_service.recipients.service import find_recipient
from shared.language.translation import Sentence, translate
from shared.smtp.message import Content

CLIPPED_FROM: Final = 102 * 1024
"""Bytes of HTML above which Gmail shows only a part of an email."""
_EXAMPLE_EMAIL: Final = "anna@example.com"
_NOWHERE: Final = "#"
"""Where the line to unsubscribe leads in a preview: nobody leaves by looking."""


async def preview(
    message_id: int,
    request: PreviewRequest,
    *,
    owner_id: UUID,
    settings: MailSettings,
    reader_language: str,
) -> Preview:
    """Return the email for one of the owner's recipients, or for the owner.

    Raises MessageNotFound, RecipientNotFound, and UnprocessableEntity for what no email can hold.
    """
    message = changed_message(await find_message(message_id, owner_id=owner_id), request)
    values = await values_for(request.recipient_id, owner_id=owner_id)
    return preview_of(await email_of(message, settings), values, reader_language)


async def preview_unsaved(
    request: UnsavedPreviewRequest, *, owner_id: UUID, settings: MailSettings, reader_language: str
) -> Preview:
    """Return the email that a message would be which nobody has stored.

    Raises RecipientNotFound, and UnprocessableEntity for what no email can hold.
    """
    message = Message(Draft(request.subject, request.preheader, request.body), request.language)
    values = await values_for(request.recipient_id, owner_id=owner_id)
    return preview_of(await email_of(message, settings), values, reader_language)


def preview_of(email: Content, values: Mapping[str, str], reader_language: str) -> Preview:
    """Return an email with its values, and what is to be said of it."""
    shown = filled(email, values)
    size = len(shown.html.encode())
    return Preview(
        subject=shown.subject,
        html=shown.html,
        text=shown.text,
        size=size,
        missing_fields=missing_fields(email, values),
        warnings=_warnings(size, reader_language),
    )


def values_of_example(full_name: str) -> dict[str, str]:
    """Return the values of a recipient who does not exist."""
    return values_of(
        email=_EXAMPLE_EMAIL, full_name=full_name, custom_fields={}, unsubscribe_url=_NOWHERE
    )


def changed_message(stored: StoredMessage, request: PreviewRequest) -> Message:
    """Return a stored message with the changes of the request, which are not stored."""
    changes = request.model_dump(exclude_unset=True, exclude={"recipient_id"})
    draft = draft_of(stored, MessageUpdate(**changes))
    return Message(draft, changes.get("language", stored.language))


async def values_for(recipient_id: int | None, *, owner_id: UUID) -> Mapping[str, str]:
    """Return what fills the email of one of the owner's recipients, or the owner's own.

    Raises RecipientNotFound.
    """
    if recipient_id is None:
        account = await Account.get_or_none(id=owner_id)
        return values_of(
            email=(account and account.email) or _EXAMPLE_EMAIL,
            full_name=account.full_name if account else "",
            custom_fields={},
            unsubscribe_url=_NOWHERE,
        )
    recipient = await find_recipient(recipient_id, owner_id=owner_id)
    return values_of(
        email=recipient.email,
        full_name=recipient.full_name,
        custom_fields=recipient.custom_fields,
        unsubscribe_url=_NOWHERE,
    )


def _warnings(size: int, language: str) -> list[PreviewWarning]:
    if size <= CLIPPED_FROM:
        return []
    message = translate(Sentence("This email is larger than 102 kB; Gmail cuts it off"), language)
    return [PreviewWarning(warning="email_too_large", message=message)]
