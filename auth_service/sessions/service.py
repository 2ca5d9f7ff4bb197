"""Use cases of a session: sign in, sign out."""

from uuid import UUID

from tortoise.transactions import in_transaction

from auth_service.crypto.passwords import PasswordHasher
from auth_service.crypto.refresh_tokens import digest, new_refresh_token
from auth_service.models import RefreshToken, Session, User
from auth_service.sessions.issuing import TokenIssuer
from auth_service.sessions.schemas import Credentials, TokenPair
from auth_service.users.service import find_by_login
from shared import clock
from shared.errors import Unauthorized


async def sign_in(
    credentials: Credentials, *, hasher: PasswordHasher, issuer: TokenIssuer
) -> TokenPair:
    """Start a session; raises Unauthorized, after the same work, for whatever is wrong."""
    user = await find_by_login(credentials.login)
    stored = user.password_hash if user else None
    verification = await hasher.verify(credentials.password, stored)
    if user is None or not verification.is_valid:
        raise Unauthorized("wrong_credentials")
    return await _start_session(user, issuer=issuer, new_hash=verification.replacement)


async def sign_out(session_id: UUID) -> None:
    """End the session; it does no harm to end one twice."""
    await end_sessions(id=session_id, because="signed_out")


async def end_sessions(*, because: str, **which: object) -> int:
    """End those of the named sessions that still run; return how many."""
    running = Session.filter(**which, ended_at=None)
    return await running.update(
        ended_at=clock.now(), ended_because=because, sealed_successor=None, sealed_until=None
    )


async def _start_session(seen: User, *, issuer: TokenIssuer, new_hash: str | None) -> TokenPair:
    refresh_token = new_refresh_token()
    async with in_transaction():
        user = await _still_as_seen(seen)
        if user is None:
            raise Unauthorized("account_changed")
        if new_hash is not None:
            await User.filter(id=user.id).update(password_hash=new_hash)
        expires_at = clock.now() + issuer.lifetimes.absolute
        session = await Session.create(user=user, expires_at=expires_at)
        await RefreshToken.create(digest=digest(refresh_token), session=session, generation=1)
        return issuer.pair(user, session, refresh_token)


async def _still_as_seen(seen: User) -> User | None:
    """Lock the account, unless it was blocked or got another password during the long hash."""
    unchanged = User.filter(id=seen.id, is_active=True, password_hash=seen.password_hash)
    return await unchanged.select_for_update().get_or_none()
