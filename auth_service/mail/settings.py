"""The settings of the mail server, and of what emails say of the shop."""

from pydantic import Field

from shared.settings import Origin
from shared.smtp.settings import Sender, SmtpSettings


class MailSettings(SmtpSettings):
    """Where emails go, and from whom they come."""

    smtp_from: Sender = Field(
        default="Vitrina <vitrina@localhost>", description="Whom emails come from."
    )
    mailbox_url: Origin | None = Field(
        default=None,
        description="Development only: the mail catcher, whose emails /mailboxes then shows.",
    )
