"""The settings of emails that come back."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class BounceSettings(ServiceSettings):
    """How often an address may be out of reach."""

    soft_bounces: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=3,
        description="Emails of one owner to an address that come back, because it is out of reach,"
        " until it gets no more.",
    )
    soft_bounce_window: Annotated[
        timedelta, Field(ge=timedelta(hours=1), le=timedelta(days=365))
    ] = Field(default=timedelta(days=14), description="Within which time they are counted.")
