"""The one verifier, with a key of the tests."""

import time

import pytest

from shared.access.jwks import parse_jwks
from shared.access.tokens import AccessClaims, InvalidToken, verify_access_token
from testing.tokens import (
    jwks,
    public_jwk,
    signing_key,
)

KEY = signing_key()
KID = public_jwk(KEY)["kid"]
KEYS = parse_jwks(jwks(KEY))


def verify(token: str, now: float | None = None) -> AccessClaims:
    """Return the claims of a token that is good now, or at that time."""
    return verify_access_token(
        token,
        keys=KEYS,
        issuer="http://localhost:8000",
        audience="vitrina",
        now=time.time() if now is None else now,
    )


def refusal(token: str, now: float | None = None) -> str:
    """Return why a token is refused."""
    with pytest.raises(InvalidToken) as refused:
        verify(token, now)
    return refused.value.reason
