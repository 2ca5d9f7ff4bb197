"""Roles that a route needs, where they are checked before the body and not behind it."""

from collections.abc import Set as AbstractSet

from shared.access.tokens import AccessClaims, Role
from shared.errors import EmailNotVerified, Forbidden


def require_role(roles: AbstractSet[Role], claims: AccessClaims, *, verified: bool) -> None:
    """Refuse as the service would, which may want a verified email.

    Raises EmailNotVerified and Forbidden.
    """
    if verified and not claims.email_verified:
        raise EmailNotVerified
    if claims.roles.isdisjoint(roles):
        raise Forbidden
