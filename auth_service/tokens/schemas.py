"""What a client gets to hold."""

from typing import Literal

from shared.values.schemas import Schema


class TokenPair(Schema):
    """An access token for `expires_in` seconds, and a refresh token for one use (RFC 6749)."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int
