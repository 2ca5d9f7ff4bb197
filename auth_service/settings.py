"""The settings of the auth service."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from auth_service.fields.contact import FullName, Phone
from auth_service.mail.settings import MailSettings
from auth_service.passwords.rules import broken_rules
from shared.access.tokens import MAX_LIFETIME
from shared.migrating.settings import MigrationSettings
from shared.settings import SECRETS_EXAMPLES, DatabaseUrl, Origin, Port, Secrets
from shared.values.email_addresses import Email
from shared.values.time_zones import UTC, TimeZone


def _acceptable_password(value: SecretStr) -> SecretStr:
    if broken := broken_rules(value.get_secret_value()):
        raise ValueError("; ".join(broken))
    return value


TokenLifetime = Annotated[
    timedelta, Field(ge=timedelta(seconds=10), le=timedelta(seconds=MAX_LIFETIME))
]
SessionLifetime = Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=3650))]


class AuthSettings(MailSettings):
    """What the running service needs."""

    model_config = SettingsConfigDict(env_prefix="AUTH_")

    port: Port = Field(default=8001, description="The port to listen on; 0 takes a free one.")
    database_url: DatabaseUrl = Field(description="The database, as the role without DDL.")
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="Connections of each process."
    )
    statement_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = Field(
        default=timedelta(seconds=5),
        description="How long PostgreSQL may work on one statement of the service; without an "
        "answer a moment later it is a 503.",
    )
    secrets: Secrets = Field(
        description="JSON list: the first encrypts what is stored, all decrypt.",
        examples=SECRETS_EXAMPLES,
    )
    internal_secrets: Secrets = Field(
        validation_alias="INTERNAL_SECRETS",
        description="JSON list: who asks the auth service presents the first, it honours all.",
        examples=SECRETS_EXAMPLES,
    )
    key_rotation_interval: SessionLifetime = Field(
        default=timedelta(days=30), description="How long a key signs before the next one does."
    )
    key_published_ahead: TokenLifetime = Field(
        default=timedelta(minutes=10),
        description="How long a key is published before it signs.",
    )
    access_token_lifetime: TokenLifetime = Field(
        default=timedelta(minutes=15), description="How long an access token is good for."
    )
    refresh_idle_lifetime: SessionLifetime = Field(
        default=timedelta(days=14), description="A session ends when it rests for so long."
    )
    refresh_absolute_lifetime: SessionLifetime = Field(
        default=timedelta(days=90), description="A session ends after so long in any case."
    )
    refresh_grace: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(minutes=1))] = Field(
        default=timedelta(seconds=30),
        description="For so long a used refresh token is answered with its successor again.",
    )
    unverified_lifetime: SessionLifetime = Field(
        default=timedelta(days=2),
        description="How long an account may have an unverified email before it is removed.",
    )
    session_retention: Annotated[timedelta, Field(ge=timedelta(days=2))] = Field(
        default=timedelta(days=90),
        description="How long a session that is over is kept, with its address and device.",
    )
    refresh_token_retention: Annotated[timedelta, Field(ge=timedelta(days=1))] = Field(
        default=timedelta(days=30),
        description="For so long a used refresh token, shown again, ends its session.",
    )
    audit_retention: Annotated[timedelta, Field(ge=timedelta(days=30))] = Field(
        default=timedelta(days=365),
        description="How long events of the audit log are kept, with addresses and devices.",
    )
    email_retention: Annotated[timedelta, Field(ge=timedelta(days=1))] = Field(
        default=timedelta(days=30),
        description="How long it is kept that an email was sent; its text goes immediately.",
    )
    account_change_retention: Annotated[timedelta, Field(ge=timedelta(hours=1))] = Field(
        default=timedelta(days=30),
        description="How long it is kept that an account changed or was deleted; a service that has"
        " not asked for so long copies all accounts.",
    )
    registrations_per_hour: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=20,
        description="Accounts that one address may make in a burst, and then in an hour; 0: any.",
    )
    emails_per_hour: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=60,
        description="Emails that one address may ask for in a burst, and then in an hour; 0: any.",
    )
    registration_check: str | None = Field(
        default=None,
        description="package.module:function that lets clients sign up, by a proof of theirs.",
    )
    links_url: Origin | None = Field(
        default=None,
        description="Where the links of emails lead: a front end with pages at /confirm, /reset and"
        " /sign-in-link, which get ?token=…; PUBLIC_URL where not set.",
    )
    max_sessions: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=20, description="Sessions a person may have; one more ends the longest unused."
    )
    password_grant: bool = Field(
        default=True, description="Whether /token takes grant_type=password (Swagger needs it)."
    )
    default_time_zone: TimeZone = Field(
        default=UTC, description="The time zone of people who have not said theirs."
    )
    argon2_memory_kib: Annotated[int, Field(ge=8 * 1024, le=4 * 1024 * 1024)] = Field(
        default=19 * 1024, description="Memory of one password hash, in KiB."
    )
    argon2_time_cost: Annotated[int, Field(ge=1, le=100)] = Field(
        default=2, description="Passes of one password hash over its memory."
    )
    argon2_parallelism: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="Lanes of one password hash."
    )
    hash_workers: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Threads that hash passwords; 0 takes all cores but one."
    )
    hash_queue_size: Annotated[int, Field(ge=1)] = Field(
        default=15,
        description="Passwords that may wait for a thread; beyond that it is a 503. Fewer than the"
        " gateway's connections for signing in, so that those waiting never hold them all.",
    )

    @property
    def links(self) -> str:
        """What links of emails begin with."""
        return self.links_url or self.public_url


class PreparationSettings(AuthSettings, MigrationSettings):
    """What the one-shot commands need beside it; the running service never sees these."""

    admin_email: Email = Field(
        default="admin@example.com", description="The first administrator's email."
    )
    admin_phone: Phone = Field(
        default="+70000000000", description="The first administrator's phone."
    )
    admin_full_name: FullName = Field(
        default="Administrator", description="The first administrator's name."
    )
    admin_password: Annotated[SecretStr, AfterValidator(_acceptable_password)] | None = Field(
        default=None,
        description="The first administrator's first password; made at random where not set.",
    )
    admin_password_file: Path | None = Field(
        default=None, description="Where a password made at random is written, with mode 0600."
    )
