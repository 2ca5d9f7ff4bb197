"""What the web service, and the commands that prepare its database, are configured with."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.migrating.settings import MigrationSettings
from shared.settings import SECRETS_EXAMPLES, DatabaseUrl, Origin, Port, Secrets, ServiceSettings


class WebSettings(ServiceSettings):
    """The settings of the service itself."""

    model_config = SettingsConfigDict(env_prefix="WEB_")

    port: Port = Field(default=8004, description="The port to listen on; 0 takes a free one.")
    database_url: DatabaseUrl = Field(
        description="The database of browser sessions, as the role without DDL.",
    )
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="Connections of each process."
    )
    statement_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = Field(
        default=timedelta(seconds=2),
        description="How long PostgreSQL may work on one statement of the service.",
    )
    secrets: Secrets = Field(
        description="JSON list of secrets: the first seals tokens and what people have typed, all"
        " are honoured.",
        examples=SECRETS_EXAMPLES,
    )
    on_behalf_secrets: Secrets = Field(
        validation_alias="ON_BEHALF_SECRETS",
        description="JSON list of secrets that gateway and web service share: by the first the"
        " gateway believes for whom a request is made; all are honoured.",
        examples=SECRETS_EXAMPLES,
    )
    gateway_url: Origin = Field(
        default="http://127.0.0.1:8000", description="Where the gateway's API is asked."
    )
    shop_name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        default="Vitrina", description="The name of the shop, on every page."
    )
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = Field(
        default="#0f5c56", description="The colour of the shop: buttons and links, like #0f5c56."
    )
    logo: Path | None = Field(
        default=None,
        description="A file with the shop's logo: SVG, PNG or WebP, of 100 kB at most.",
    )
    terms: Path | None = Field(
        default=None, description="A Markdown file with the terms of the shop, shown at /terms/."
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        default="RUB",
        validation_alias="CATALOG_CURRENCY",
        description="The ISO 4217 code of the one currency of all prices.",
    )
    session_rest: Annotated[timedelta, Field(ge=timedelta(minutes=5))] = Field(
        default=timedelta(hours=12),
        description="How long a session that is not remembered lives without a click.",
    )
    remembered_rest: Annotated[timedelta, Field(ge=timedelta(hours=1))] = Field(
        default=timedelta(days=14),
        description="How long a remembered session lives without a click; no longer than"
        " AUTH_REFRESH_IDLE_LIFETIME is of use.",
    )

    @property
    def is_secure(self) -> bool:
        """Whether people come by HTTPS, so that cookies are for HTTPS alone."""
        return self.public_url.startswith("https://")


class PreparationSettings(WebSettings, MigrationSettings):
    """What `prepare` and `migrate` need besides."""
