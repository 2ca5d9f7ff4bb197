"""What a signing key looks like from outside: never its private part."""

from datetime import timedelta

from pydantic import Field

from auth_service.keys.states import State
from shared.values.schemas import Schema, UtcDatetime


class SigningKeyRead(Schema):
    """A key, and where it is in its life."""

    kid: str = Field(examples=["5ZQ0w1sGmYt3ZJX0pHcOZkS3o2bqC8kHk9ZsYVbE2xM"])
    state: State
    created_at: UtcDatetime
    activated_at: UtcDatetime | None = Field(description="Since when it signs, or has signed.")
    retired_at: UtcDatetime | None
    age: int = Field(description="Seconds since it was made.", examples=[86400])


class SigningKeysRead(Schema):
    """All keys that there are, the oldest first."""

    keys: list[SigningKeyRead]
    rotation_interval: int = Field(
        description="Seconds for which a key signs before the next one does.",
        examples=[timedelta(days=30) // timedelta(seconds=1)],
    )
