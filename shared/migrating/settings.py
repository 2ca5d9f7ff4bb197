"""The settings of the commands that change a database's schema."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from shared.migrating.limits import USUAL, Limits
from shared.settings import DatabaseUrl


class MigrationSettings(BaseModel):
    """A part of settings: whose database it is, and how long a migration may be in the way."""

    migration_database_url: DatabaseUrl = Field(
        description="The same database, as the role that owns its tables."
    )
    bootstrap_database_url: DatabaseUrl | None = Field(
        default=None,
        description="A superuser's, to make database and roles; leave it out if they exist.",
    )
    migration_lock_timeout: Annotated[timedelta, Field(ge=timedelta(milliseconds=10))] = Field(
        default=USUAL.lock,
        description="How long a migration may wait for a table, as requests then wait behind it; "
        "it gives up and tries again.",
    )
    migration_statement_timeout: Annotated[timedelta, Field(ge=timedelta(seconds=1))] = Field(
        default=USUAL.statement,
        description="How long PostgreSQL may work on one statement of a migration.",
    )

    @property
    def migration_limits(self) -> Limits:
        """Both together."""
        return Limits(self.migration_lock_timeout, self.migration_statement_timeout)
