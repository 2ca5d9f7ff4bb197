"""The message of a mailing as it was submitted, as an email: what a manager decides by."""

from typing import Final

from mailing_service.errors import MailingHasNoMessage
from mailing_service.mail_settings import MailSettings
from mailing_service.mailings.service import find_mailing
from mailing_service.messages.content import Draft
from mailing_service.messages.email import Message, email_of
from mailing_service.messages.preview import preview_of, values_of_example
from mailing_service.messages.schemas import Preview
from shared.access.principal import Principal

EXAMPLE_NAME: Final = "Anna Example"


async def preview_submitted(
    mailing_id: int,
    *,
    reader: Principal,
    is_staff: bool,
    settings: MailSettings,
    reader_language: str,
) -> Preview:
    """Return the email for somebody who does not exist: staff sees nobody's data.

    Raises MailingNotFound, and MailingHasNoMessage where nothing was submitted.
    """
    mailing = await find_mailing(mailing_id, reader=reader, is_staff=is_staff)
    frozen = mailing.submitted
    if not frozen:
        raise MailingHasNoMessage
    draft = Draft(frozen["subject"], frozen["preheader"], frozen["body"])
    email = await email_of(Message(draft, frozen["language"]), settings)
    return preview_of(email, values_of_example(EXAMPLE_NAME), reader_language)
