"""Everything that issuing tokens depends on, and the token pair made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from auth_service.crypto.access_tokens import AccessGrant, sign_access_token
from auth_service.keys.issued_lifetimes import LifetimeLease
from auth_service.keys.ring import KeyRing
from auth_service.tokens.schemas import TokenPair
from shared import clock
from shared.secret_box import SecretBox


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens and sessions last."""

    access_token: timedelta
    idle: timedelta
    absolute: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tokens they are, and the end of the session that they belong to."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime
    version: int
    roles: Sequence[str]
    is_email_verified: bool
    password_change_required: bool


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Signs for one issuer and audience."""

    issuer: str
    audience: str
    key_ring: KeyRing
    box: SecretBox
    lifetimes: Lifetimes
    lease: LifetimeLease
    max_sessions: int

    async def pair(self, holder: Holder, refresh_token: str) -> TokenPair:
        """Return `refresh_token` beside a new access token, which never outlives the session.

        Call it outside of transactions: the lease on the lifetime must be stored before.
        """
        await self.lease.hold()
        now = int(clock.timestamp())
        limit = int(holder.expires_at.timestamp())
        expires_at = min(now + int(self.lifetimes.access_token.total_seconds()), limit)
        grant = AccessGrant(
            user_id=holder.user_id,
            session_id=holder.session_id,
            version=holder.version,
            roles=holder.roles,
            is_email_verified=holder.is_email_verified,
            password_change_required=holder.password_change_required,
            issued_at=now,
            expires_at=expires_at,
        )
        token = sign_access_token(
            grant, key=self.key_ring.current, issuer=self.issuer, audience=self.audience
        )
        return TokenPair(
            access_token=token,
            refresh_token=refresh_token,
            token_type="Bearer",  # noqa: S106 - a scheme, not a secret
            expires_in=expires_at - now,
        )
