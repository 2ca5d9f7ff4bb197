"""Who is asking, as services know it: without a request, a header or a web framework."""

from dataclasses import dataclass
from uuid import UUID

from shared.access.tokens import AccessClaims


@dataclass(frozen=True, slots=True)
class Principal:
    """The person a request is made for, as the access token says."""

    user_id: UUID
    session_id: UUID
    roles: frozenset[str]
    email_verified: bool
    password_change_required: bool

    @classmethod
    def of(cls, claims: AccessClaims) -> "Principal":
        """Return the person that verified claims name."""
        return cls(
            user_id=UUID(claims.subject),
            session_id=UUID(claims.session_id),
            roles=claims.roles,
            email_verified=claims.email_verified,
            password_change_required=claims.password_change_required,
        )
