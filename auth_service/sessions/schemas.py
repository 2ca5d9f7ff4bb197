"""What signing in takes and gives."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from auth_service.fields.contact import Login
from auth_service.passwords.rules import EXAMPLE, MAX_LENGTH
from auth_service.tokens.schemas import TokenPair
from shared.values.schemas import Schema, UtcDatetime

MAX_REFRESH_TOKEN_LENGTH = 512
MAX_DEVICE_TOKEN_LENGTH = 512


class Credentials(Schema):
    """A name to sign in with, the password, and what was given to this device, if anything."""

    login: Login
    password: Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]
    device_token: Annotated[
        str | None,
        Field(
            max_length=MAX_DEVICE_TOKEN_LENGTH,
            description="What the last sign-in of this person here gave; see `device_token` there",
        ),
    ] = None


class RefreshRequest(Schema):
    """The refresh token of the pair that was given last."""

    refresh_token: Annotated[str, Field(max_length=MAX_REFRESH_TOKEN_LENGTH)]


class SignedIn(TokenPair):
    """A token pair, and what this device is known by at this person's next sign-in.

    Keep `device_token` beside the login, also after signing out, and present it next time: then
    guesses of strangers are never in the way. It opens nothing by itself.
    """

    device_token: str


class OAuthTokens(TokenPair):
    """A token pair; with `device_token` where it was given for a password."""

    device_token: str | None = None


class SessionRead(Schema):
    """One sign-in that still runs; `is_current` marks the one asking.

    `user_agent` and `address` are those of the sign-in, `last_…` those of the newest refresh.
    """

    id: UUID
    user_agent: str
    address: str
    last_user_agent: str
    last_address: str
    created_at: UtcDatetime
    last_used_at: UtcDatetime
    expires_at: UtcDatetime
    is_current: bool
