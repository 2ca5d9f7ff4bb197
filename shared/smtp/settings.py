"""The settings of a mail server; each service prefixes them with its own name."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from shared.settings import Port, ServiceSettings
from shared.smtp.fields import Mailbox
from shared.smtp.server import MailServer, Tls

_LONGEST_CONNECTING = timedelta(seconds=10)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _refuse_bad_sender(value: str) -> str:
    try:
        return str(Mailbox.parse(value))
    except ValueError:
        raise ValueError("must look like Vitrina <shop@example.com>") from None


Sender = Annotated[str, AfterValidator(_refuse_bad_sender)]
"""A mailbox as people write it."""


def refuse_to_tell_everyone(
    password: SecretStr | None, *, host: str | None, tls: Tls | None, setting: str
) -> SecretStr | None:
    """Return the password; raise ValueError where it would cross a network as it is."""
    if password is not None and tls is Tls.NONE and host not in LOOPBACK:
        raise ValueError(f"would cross the network in the clear; set {setting}")
    return password


class SmtpSettings(ServiceSettings):
    """Where emails are handed to."""

    smtp_host: str | None = Field(
        default=None, description="The mail server; without it emails wait in the outbox."
    )
    smtp_port: Port = Field(default=25, description="Its port; 587 with starttls, 465 with tls.")
    smtp_tls: Tls = Field(
        default=Tls.NONE, description="none, starttls or tls; never less than what is set."
    )
    smtp_username: str | None = Field(default=None, description="Whom to sign in as, if at all.")
    smtp_password: SecretStr | None = Field(default=None, description="With which password.")
    smtp_timeout: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))] = Field(
        default=timedelta(seconds=15),
        description="How long the mail server may take for one email; connecting has as long, but"
        " 10 seconds at most.",
    )

    @field_validator("smtp_password")
    @classmethod
    def _refuse_to_tell_everyone(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        return refuse_to_tell_everyone(
            value,
            host=info.data.get("smtp_host"),
            tls=info.data.get("smtp_tls"),
            setting=f"{cls.model_config.get('env_prefix', '')}SMTP_TLS",
        )

    def mail_server(self) -> MailServer | None:
        """Return the mail server, if there is one."""
        if self.smtp_host is None:
            return None
        password = self.smtp_password
        return MailServer(
            host=self.smtp_host,
            port=self.smtp_port,
            tls=self.smtp_tls,
            username=self.smtp_username,
            password=password.get_secret_value() if password else None,
            timeout=self.smtp_timeout,
            command_timeout=self.smtp_timeout,
            connect_timeout=min(self.smtp_timeout, _LONGEST_CONNECTING),
        )
