"""Access tokens, as RFC 9068 profiles them; their verifier is `shared.access.tokens`."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from auth_service.crypto.signing_keys import SigningKeyPair
from shared.access.tokens import ALGORITHM, CLIENT_ID, TOKEN_TYPE


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """What one access token says of a person, until `expires_at`; times are epoch seconds."""

    user_id: UUID
    session_id: UUID
    version: int
    roles: Iterable[str]
    is_email_verified: bool
    password_change_required: bool
    issued_at: int
    expires_at: int


def sign_access_token(
    grant: AccessGrant, *, key: SigningKeyPair, issuer: str, audience: str
) -> str:
    """Return the signed compact JWT."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "client_id": CLIENT_ID,
        "sub": str(grant.user_id),
        "sid": str(grant.session_id),
        "ver": grant.version,
        "jti": secrets.token_urlsafe(16),
        "iat": grant.issued_at,
        "nbf": grant.issued_at,
        "exp": grant.expires_at,
        "roles": list(grant.roles),
        "email_verified": grant.is_email_verified,
    }
    if grant.password_change_required:
        claims["password_change_required"] = True
    headers = {"typ": TOKEN_TYPE, "kid": key.kid}
    return jwt.encode(claims, key.private_key, algorithm=ALGORITHM, headers=headers)
