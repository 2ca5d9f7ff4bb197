"""The settings of sending: the spare mail server, connections, rates, quota, retries, DKIM."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.settings import Port, ServiceSettings
from shared.smtp.server import Tls
from shared.smtp.settings import refuse_to_tell_everyone

_Wait = Annotated[timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=1))]
_Rate = Annotated[float, Field(ge=0, le=100_000)]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]


class SendingSettings(ServiceSettings):
    """How fast mailings are sent, and by what besides the first mail server."""

    spare_smtp_host: str | None = Field(
        default=None, description="The mail server while the first one is away, if there is one."
    )
    spare_smtp_port: Port = Field(default=25, description="Its port.")
    spare_smtp_tls: Tls = Field(default=Tls.NONE, description="none, starttls or tls.")
    spare_smtp_username: str | None = Field(default=None, description="Whom to sign in as there.")
    spare_smtp_password: SecretStr | None = Field(default=None, description="With which password.")
    smtp_connections: Annotated[int, Field(ge=1, le=200)] = Field(
        default=10, description="Connections that each worker keeps to a mail server."
    )
    smtp_emails_per_connection: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=100, description="Emails that one connection is used for."
    )
    smtp_connection_age: _Wait = Field(
        default=timedelta(minutes=5), description="How long one connection is used."
    )
    server_rate: _Rate = Field(
        default=20, description="Emails a second that a mail server is given by all workers; 0: any"
    )
    domain_rate: _Rate = Field(
        default=5, description="Emails a second to one recipient domain by all workers; 0: any."
    )
    domain_connections: Annotated[int, Field(ge=0, le=200)] = Field(
        default=2, description="Emails under way to one recipient domain at a time; 0: any."
    )
    owner_quota: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        default=200,
        description="Emails that an owner may send on a day (UTC), test emails with them;"
        " administrators have no quota.",
    )
    retry_first: _Wait = Field(
        default=timedelta(seconds=30),
        description="How long after its first failure an email is tried again; then twice as long"
        " each time, until the window ends.",
    )
    retry_longest: _Wait = Field(
        default=timedelta(minutes=15), description="The longest of these waits."
    )
    lease_margin: _Wait = Field(
        default=timedelta(seconds=30),
        description="How much longer than the slowest exchange with a mail server a worker may"
        " keep what it has claimed; what a dead one had is free again then.",
    )
    dkim_key_file: Path | None = Field(
        default=None, description="A private key in PEM (RSA or Ed25519) that signs mailings."
    )
    dkim_domain: _Name | None = Field(default=None, description="The domain that it signs for.")
    dkim_selector: _Name = Field(
        default="vitrina", description="The selector that the DNS has its public key at."
    )

    @field_validator("spare_smtp_password")
    @classmethod
    def _refuse_to_tell_everyone(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        return refuse_to_tell_everyone(
            value,
            host=info.data.get("spare_smtp_host"),
            tls=info.data.get("spare_smtp_tls"),
            setting=f"{cls.model_config.get('env_prefix', '')}SPARE_SMTP_TLS",
        )
