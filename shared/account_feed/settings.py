"""What a service that follows accounts needs to know."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.settings import SECRETS_EXAMPLES, Secrets, ServiceSettings


class AccountFeedSettings(ServiceSettings):
    """Where accounts are read, how often, and with which secret."""

    accounts_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")] = Field(
        default="http://127.0.0.1:8001/internal/accounts",
        description="Where the auth service says which accounts there are, and what changed.",
    )
    accounts_interval: Annotated[
        timedelta, Field(ge=timedelta(milliseconds=100), le=timedelta(minutes=1))
    ] = Field(
        default=timedelta(seconds=0.5),
        description="How often it is asked; so much later a change of an account is known.",
    )
    internal_secrets: Secrets = Field(
        validation_alias="INTERNAL_SECRETS",
        description="JSON list: who asks the auth service presents the first, it honours all.",
        examples=SECRETS_EXAMPLES,
    )
