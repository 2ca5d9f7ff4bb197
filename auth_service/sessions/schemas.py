"""What signing in takes and gives."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from auth_service.identifiers import MAX_LOGIN_LENGTH
from auth_service.password_rules import EXAMPLE, MAX_LENGTH
from shared.schemas import Schema, UtcDatetime

MAX_REFRESH_TOKEN_LENGTH = 512

Login = Annotated[
    str,
    Field(
        max_length=MAX_LOGIN_LENGTH,
        description="An email, or a phone in any usual spelling",
        examples=["anna@example.com", "8 (916) 123-45-67"],
    ),
]


class Credentials(Schema):
    """A name to sign in with, and the password."""

    login: Login
    password: Annotated[str, Field(max_length=MAX_LENGTH, examples=[EXAMPLE])]


class RefreshRequest(Schema):
    """The refresh token of the pair that was given last."""

    refresh_token: Annotated[str, Field(max_length=MAX_REFRESH_TOKEN_LENGTH)]


class TokenPair(Schema):
    """An access token for `expires_in` seconds, and a refresh token for one use (RFC 6749)."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class SessionRead(Schema):
    """One sign-in that still runs, and where it was made; `is_current` marks the one asking."""

    id: UUID
    user_agent: str
    address: str
    created_at: UtcDatetime
    last_used_at: UtcDatetime
    expires_at: UtcDatetime
    is_current: bool
