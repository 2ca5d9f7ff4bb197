"""The settings of the mail server."""

from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from auth_service.mail.smtp import Tls
from shared.settings import Origin, Port, ServiceSettings

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _refuse_bad_sender(value: str) -> str:
    name, address = parseaddr(value if value.isprintable() else "")
    local, _, domain = address.rpartition("@")
    is_one = bool(local and domain and "@" not in local)
    try:
        return str(Address(name, addr_spec=address if is_one else "@"))
    except (ValueError, IndexError, MessageError):  # which of them differs between Pythons
        raise ValueError("must look like Vitrina <shop@example.com>") from None


class MailSettings(ServiceSettings):
    """Where letters go, and from whom they come."""

    smtp_host: str | None = Field(
        default=None, description="The mail server; without it letters wait in the outbox."
    )
    smtp_port: Port = Field(default=25, description="Its port; 587 with starttls, 465 with tls.")
    smtp_tls: Tls = Field(default=Tls.NONE, description="none, starttls or tls.")
    smtp_username: str | None = Field(default=None, description="Whom to sign in as, if at all.")
    smtp_password: SecretStr | None = Field(default=None, description="With which password.")
    smtp_from: Annotated[str, AfterValidator(_refuse_bad_sender)] = Field(
        default="Vitrina <vitrina@localhost>", description="Whom letters come from."
    )
    smtp_timeout: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))] = Field(
        default=timedelta(seconds=15),
        description="How long the mail server may take for one letter, from the first byte on.",
    )
    mailbox_url: Origin | None = Field(
        default=None,
        description="Development only: the mail catcher, whose letters /mailboxes then shows.",
    )

    @field_validator("smtp_password")
    @classmethod
    def _refuse_to_tell_everyone(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        is_open = info.data.get("smtp_tls") is Tls.NONE
        if value is not None and is_open and info.data.get("smtp_host") not in _LOOPBACK:
            raise ValueError("would cross the network in the clear; set AUTH_SMTP_TLS")
        return value
