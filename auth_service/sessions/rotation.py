"""Rotation of refresh tokens (RFC 9700 section 4.14.2): one use each, and reuse ends the session.

A lost answer and two tabs must log nobody out, and must not fork the family. So whoever presents
the predecessor of the current token, within the grace period of its use and while the current one
is unused, is given that same current token again.
"""

import logging
from dataclasses import dataclass

from tortoise.transactions import in_transaction

from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.refresh_tokens import digest, new_refresh_token
from auth_service.crypto.secret_box import CannotOpen
from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import RefreshToken, Session
from auth_service.sessions.issuing import TokenIssuer
from auth_service.sessions.schemas import TokenPair
from auth_service.sessions.service import end_sessions
from shared import clock
from shared.errors import Unauthorized

PURPOSE = "refresh token successor"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: str


@dataclass(frozen=True, slots=True)
class _Reuse(_Refusal):
    session: Session


async def rotate(
    presented: str, *, caller: Caller, issuer: TokenIssuer, outbox: Outbox
) -> TokenPair:
    """Exchange a refresh token for a new pair; raises Unauthorized.

    The refusal is raised after the transaction, because what it writes must stay.
    """
    async with in_transaction():
        outcome = await _exchange(presented, issuer)
        if isinstance(outcome, _Reuse):
            await _tell_of_reuse(outcome.session, caller, outbox)
    if isinstance(outcome, _Refusal):
        raise Unauthorized(outcome.reason)
    return outcome


async def _exchange(presented: str, issuer: TokenIssuer) -> TokenPair | _Refusal:
    token = await _find(presented)
    if token is None:
        return _Refusal("unknown_refresh_token")
    if (reason := _why_closed(token, issuer)) is not None:
        return _Refusal(reason)
    unused = RefreshToken.filter(digest=token.digest, used_at=None)
    if await unused.update(used_at=clock.now()):
        return await _grow(token, presented, issuer)
    used = await _find(presented)  # with what the one that was quicker has written
    return await _answer_reuse(used or token, presented, issuer)


async def _find(presented: str) -> RefreshToken | None:
    found = RefreshToken.filter(digest=digest(presented))
    return await found.select_related("session__user").get_or_none()


def _why_closed(token: RefreshToken, issuer: TokenIssuer) -> str | None:
    session, now = token.session, clock.now()
    if session.ended_at is not None:
        return "session_ended"
    if now >= min(session.expires_at, session.last_used_at + issuer.lifetimes.idle):
        return "session_expired"
    if not session.user.is_active:
        return "user_blocked"
    return None


async def _grow(token: RefreshToken, presented: str, issuer: TokenIssuer) -> TokenPair | _Refusal:
    """Add the next generation, unless the session was ended a moment ago."""
    successor, now = new_refresh_token(), clock.now()
    sealed = issuer.box.seal(successor.encode(), purpose=PURPOSE, with_token=presented)
    is_running = await Session.filter(id=token.session_id, ended_at=None).update(
        last_used_at=now, sealed_successor=sealed, sealed_until=now + issuer.lifetimes.grace
    )
    if not is_running:
        return _Refusal("session_ended")
    await RefreshToken.create(
        digest=digest(successor), session=token.session, generation=token.generation + 1
    )
    return issuer.pair(token.session.user, token.session, successor)


async def _answer_reuse(
    token: RefreshToken, presented: str, issuer: TokenIssuer
) -> TokenPair | _Refusal:
    if (reason := _why_closed(token, issuer)) is not None:
        return _Refusal(reason)
    newest = await RefreshToken.filter(session_id=token.session_id).order_by("-generation").first()
    assert newest is not None  # noqa: S101 - `token` itself is one of them
    age = newest.generation - token.generation
    in_grace = token.used_at is not None and clock.now() < token.used_at + issuer.lifetimes.grace
    if in_grace and age == 1:
        return _give_successor_again(token, presented, issuer)
    if in_grace and age == 2:  # noqa: PLR2004 - the successor was used in the meantime
        return _Refusal("refresh_token_superseded")
    await end_sessions(id=token.session_id, because="refresh_token_reused")
    return _Reuse("refresh_token_reused", token.session)


async def _tell_of_reuse(session: Session, caller: Caller, outbox: Outbox) -> None:
    """Write it down and tell the owner: somebody else may have had his token."""
    logger.warning("refresh token reused", extra={"session": str(session.id)})
    await record(
        Event.REFRESH_REUSE_DETECTED,
        caller=caller,
        succeeded=False,
        subject_id=session.user_id,
        session_id=session.id,
    )
    values = {"device": session.user_agent, "address": caller.address}
    await outbox.put_for(session.user, Kind.REFRESH_REUSE, values)


def _give_successor_again(
    token: RefreshToken, presented: str, issuer: TokenIssuer
) -> TokenPair | _Refusal:
    sealed = token.session.sealed_successor
    if sealed is None:
        return _Refusal("refresh_token_superseded")
    try:
        successor = issuer.box.open(bytes(sealed), purpose=PURPOSE, with_token=presented)
    except CannotOpen:
        return _Refusal("refresh_token_superseded")
    return issuer.pair(token.session.user, token.session, successor.decode())
