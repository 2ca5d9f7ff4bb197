"""The settings of the mailing service, of its worker and of its commands."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from mailing_service.bounce_settings import BounceSettings
from mailing_service.mail_settings import MailSettings
from mailing_service.picture_settings import PictureSettings
from mailing_service.sending_settings import SendingSettings
from shared.account_feed.settings import AccountFeedSettings
from shared.migrating.settings import MigrationSettings
from shared.settings import SECRETS_EXAMPLES, DatabaseUrl, Port, Secrets


class OpenTo(StrEnum):
    """Who may write mailings."""

    VERIFIED = "verified"
    MANAGERS = "managers"


class MailingSettings(
    MailSettings, SendingSettings, BounceSettings, PictureSettings, AccountFeedSettings
):
    """The settings of the service and of its worker."""

    model_config = SettingsConfigDict(env_prefix="MAILING_")

    port: Port = Field(default=8003, description="The port to listen on; 0 takes a free one.")
    database_url: DatabaseUrl = Field(
        description="The database, as the role without DDL that service and worker run as.",
    )
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="Connections of each process."
    )
    statement_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = Field(
        default=timedelta(seconds=5),
        description="How long PostgreSQL may work on one statement of the service; without a "
        "response a moment later it is a 503.",
    )
    secrets: Secrets = Field(
        description="JSON list of secrets: the first hashes addresses and signs return paths and"
        " cursors, all are honoured.",
        examples=SECRETS_EXAMPLES,
    )
    jwks_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")] = Field(
        default="http://127.0.0.1:8001/.well-known/jwks.json",
        description="Where the auth service publishes the keys that access tokens are signed with.",
    )
    jwks_interval: Annotated[
        timedelta, Field(ge=timedelta(milliseconds=100), le=timedelta(minutes=5))
    ] = Field(
        default=timedelta(seconds=0.5),
        description="How often these keys are fetched; so long a revoked one may be honoured.",
    )
    accounts_max_age: Annotated[timedelta, Field(ge=timedelta(seconds=10))] = Field(
        default=timedelta(minutes=15),
        description="Without news of accounts for so long nothing is sent.",
    )
    tick: Annotated[timedelta, Field(ge=timedelta(milliseconds=50), le=timedelta(minutes=1))] = (
        Field(
            default=timedelta(seconds=1),
            description="How often a worker looks for mailings to start, to end and to repeat.",
        )
    )
    worker_metrics_port: Port = Field(
        default=9113,
        description="The port of a worker's metrics and health; 0 takes a free one.",
    )
    attempt_retention: Annotated[timedelta, Field(ge=timedelta(days=1))] = Field(
        default=timedelta(days=90),
        description="How long each attempt and the mail server's response to it are kept.",
    )
    address_retention: Annotated[timedelta, Field(ge=timedelta(days=1))] = Field(
        default=timedelta(days=365),
        description="How long deliveries that are over show their address; the counts stay.",
    )
    audit_retention: Annotated[timedelta, Field(ge=timedelta(days=30))] = Field(
        default=timedelta(days=365),
        description="How long events of the audit log are kept, with addresses and devices.",
    )
    open_to: OpenTo = Field(
        default=OpenTo.VERIFIED,
        description="Who may write mailings: verified (everybody with a verified email) or"
        " managers.",
    )
    approval: bool = Field(
        default=True,
        description="Whether a manager approves each mailing before it starts; administrators' own"
        " need no approval.",
    )
    approval_growth_percent: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=10,
        description="By how many percent an approved mailing may grow until it asks again, if it"
        " grows by more than approval_growth_recipients, too.",
    )
    approval_growth_recipients: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=100,
        description="By how many recipients an approved mailing may grow until it asks again, if it"
        " grows by more than approval_growth_percent, too.",
    )
    mailing_recipients: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=1000,
        description="How many recipients one mailing may reach; administrators' own have no limit.",
    )
    waiting_mailings: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=3,
        description="How many mailings of one owner may wait for approval or for their time;"
        " administrators' own have no limit.",
    )


class PreparationSettings(MailingSettings, MigrationSettings):
    """What only the commands that prepare the database need to know."""
