"""The settings of emails: which server takes them, whom they come from, and who the shop is."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator

from shared.smtp.settings import LOOPBACK, Sender, SmtpSettings

EXAMPLE_FROM: Final = "Vitrina <mailings@localhost>"
EXAMPLE_POSTAL_ADDRESS: Final = "Vitrina (an example), 1 Example Street, 12345 Example"

_CATCHERS = LOOPBACK | {"mail"}
"""Hosts of a mail catcher: that of `make run`, and that of the compose file."""
_PORTS_OF_MAIL_SERVERS = frozenset({25, 465, 587})


class MailSettings(SmtpSettings):
    """Where emails go, whom they come from, and what every one of them says of the shop."""

    smtp_host: str | None = Field(
        default=None, description="The mail server of mailings; without it nothing is sent."
    )
    smtp_timeout: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))] = Field(
        default=timedelta(seconds=15),
        description="How long the mail server may take for each step of an email.",
    )
    sender: Sender = Field(
        default=EXAMPLE_FROM,
        validation_alias="MAILING_FROM",
        description="Whom mailings come from; nothing that an owner writes stands there.",
    )
    shop_name: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        default="Vitrina", description="The name of the shop, at the head of every email."
    )
    postal_address: Annotated[str, Field(min_length=10, max_length=300)] = Field(
        default=EXAMPLE_POSTAL_ADDRESS,
        description="Who sends mailings and where they get post: it stands in every email.",
    )
    logo_url: Annotated[str, Field(pattern=r"^https://[^\s\"<>]{1,500}$")] | None = Field(
        default=None, description="The https address of a logo for the head of emails."
    )

    @property
    def has_catcher(self) -> bool:
        """Tell whether there is no mail server but one that delivers nothing."""
        if self.smtp_host is None:
            return True
        return _catches(self.smtp_host, self.smtp_port)

    @field_validator("sender", "postal_address")
    @classmethod
    def _refuse_an_example(cls, value: str, info: ValidationInfo) -> str:
        host, port = info.data.get("smtp_host"), info.data.get("smtp_port", 0)
        is_example = value in {EXAMPLE_FROM, EXAMPLE_POSTAL_ADDRESS}
        if is_example and host is not None and not _catches(host, port):
            raise ValueError(
                f"is the example, which {host} would send to real people; say who you are"
            )
        return value


def _catches(host: str, port: int) -> bool:
    return host in _CATCHERS and port not in _PORTS_OF_MAIL_SERVERS
