"""Revoke a token (RFC 7009): the session that it belongs to ends, with all tokens of it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from tortoise.transactions import in_transaction

from auth_service.accounts.sessions import end_sessions
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.refresh_tokens import digest
from auth_service.models import RefreshToken
from shared.access.tokens import AccessClaims, InvalidToken

Verify = Callable[[str], Awaitable[AccessClaims]]
"""Returns the claims of an access token; raises InvalidToken."""


async def revoke(presented: str, *, caller: Caller, verify: Verify) -> None:
    """End the session of a refresh token of whichever generation, or of an access token.

    A token that is not good, or no longer, is no error.
    """
    owned = await _by_refresh_token(presented) or await _by_access_token(presented, verify)
    if owned is None:
        return
    user_id, session_id = owned
    async with in_transaction():
        if await end_sessions(id=session_id, user_id=user_id, because="token_revoked"):
            await record(
                Event.TOKEN_REVOKED, caller=caller, subject_id=user_id, session_id=session_id
            )


async def _by_refresh_token(presented: str) -> tuple[UUID, UUID] | None:
    """Return whose token it is, and of which session."""
    found = RefreshToken.filter(digest=digest(presented))
    owners = await found.values_list("session__user_id", "session_id")
    return (owners[0][0], owners[0][1]) if owners else None


async def _by_access_token(presented: str, verify: Verify) -> tuple[UUID, UUID] | None:
    try:
        claims = await verify(presented)
    except InvalidToken:
        return None
    return UUID(claims.subject), UUID(claims.session_id)
