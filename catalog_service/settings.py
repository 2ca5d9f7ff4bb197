"""What the catalog service, and the commands that prepare its database, are told."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.migration_settings import MigrationSettings
from shared.settings import DatabaseUrl, Port, Secrets, ServiceSettings


class CatalogSettings(ServiceSettings):
    """The settings of the service itself."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    port: Port = Field(default=8002, description="The port to listen on; 0 takes a free one.")
    database_url: DatabaseUrl = Field(
        description="The catalog's database, as the role without DDL that the service runs as.",
    )
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="How many connections to PostgreSQL one process may have."
    )
    statement_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = Field(
        default=timedelta(seconds=5),
        description="How long PostgreSQL may work on one statement of the service.",
    )
    secrets: Secrets = Field(
        description="JSON list of secrets: the first signs cursors, all are honoured.",
    )
    jwks_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")] = Field(
        default="http://127.0.0.1:8001/.well-known/jwks.json",
        description="Where the auth service publishes the keys that access tokens are signed with.",
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        default="RUB",
        description="The ISO 4217 code of the one currency of all prices.",
    )


class PreparationSettings(CatalogSettings, MigrationSettings):
    """What only the commands that prepare the database need to know."""
