"""Refresh tokens: opaque, 256 random bits, known to the database by their digest only."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_refresh_token() -> str:
    """Return a new token: 43 characters of base64url."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return the SHA-256 of `token` in hex; a fast hash is right for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
