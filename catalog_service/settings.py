"""What the catalog service, and the commands that prepare its database, are configured with."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.account_feed.settings import AccountFeedSettings
from shared.migrating.settings import MigrationSettings
from shared.settings import SECRETS_EXAMPLES, DatabaseUrl, Port, Secrets


class CatalogSettings(AccountFeedSettings):
    """The settings of the service itself."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    port: Port = Field(default=8002, description="The port to listen on; 0 takes a free one.")
    database_url: DatabaseUrl = Field(
        description="The catalog's database, as the role without DDL that the service runs as.",
    )
    replica_urls: list[DatabaseUrl] = Field(
        default=[],
        description="JSON list of streaming replicas that ordinary reads of products are sent to,"
        " each like the URL above and as the same role.",
        examples=[["postgres://catalog_runtime:password@replica-1:5432/catalog"]],
    )
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10,
        description="How many connections to each PostgreSQL server one process may have.",
    )
    statement_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = Field(
        default=timedelta(seconds=5),
        description="How long PostgreSQL may work on one statement of the service; without an "
        "answer a moment later it is a 503.",
    )
    secrets: Secrets = Field(
        description="JSON list of secrets: the first signs cursors, all are honoured.",
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
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        default="RUB",
        description="The ISO 4217 code of the one currency of all prices.",
    )
    audit_retention: Annotated[timedelta, Field(ge=timedelta(days=30))] = Field(
        default=timedelta(days=365),
        description="How long events of the audit log are kept.",
    )

    @field_validator("replica_urls")
    @classmethod
    def _refuse_servers_named_twice(
        cls, urls: list[SecretStr], info: ValidationInfo
    ) -> list[SecretStr]:
        named = [_server(url) for url in urls]
        if "database_url" in info.data and _server(info.data["database_url"]) in named:
            raise ValueError("must not name the server of CATALOG_DATABASE_URL, the primary")
        if len(set(named)) < len(named):
            raise ValueError("must name each replica once")
        return urls


class PreparationSettings(CatalogSettings, MigrationSettings):
    """What only the commands that prepare the database need to know."""


def _server(url: SecretStr) -> tuple[str | None, int]:
    parts = urlsplit(url.get_secret_value())
    return parts.hostname, parts.port or 5432
