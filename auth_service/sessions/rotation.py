"""Rotation of refresh tokens (RFC 9700 section 4.14.2): one use each, and reuse ends the session.

A lost response and two tabs must log nobody out, and must not fork the family. So a client that
presents the predecessor of the current token, within the grace period of its use and while the
current one is unused, gets that same current token again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from auth_service.accounts.devices import renew_daily
from auth_service.accounts.sessions import end_sessions
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.refresh_tokens import digest, new_refresh_token
from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import RefreshToken, Session
from auth_service.tokens.issuing import Holder, TokenIssuer
from auth_service.tokens.schemas import TokenPair
from shared import clock
from shared.database.statements import Slot, Statement
from shared.errors import Unauthorized
from shared.secret_box import CannotOpen

PURPOSE = "refresh token successor"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Presented:
    """The row of the token that somebody presents, its session, and its owner."""

    digest: str
    generation: int
    used_at: datetime | None
    last_used_at: datetime
    ended_at: datetime | None
    sealed_successor: bytes | None
    device_id: UUID | None
    is_active: bool
    holder: Holder


@dataclass(frozen=True, slots=True)
class _Granted:
    """What to issue once the transaction is over: signing takes longer than all of it."""

    holder: Holder
    refresh_token: str


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: str


@dataclass(frozen=True, slots=True)
class _Reuse(_Refusal):
    session_id: UUID


_HOLDER = {
    "user_id": "session__user_id",
    "session_id": "session_id",
    "expires_at": "session__expires_at",
    "version": "session__user__token_version",
    "roles": "session__user__roles",
    "is_email_verified": "session__user__is_email_verified",
    "password_change_required": "session__user__password_change_required",
}
_REST = {
    "digest": "digest",
    "generation": "generation",
    "used_at": "used_at",
    "last_used_at": "session__last_used_at",
    "ended_at": "session__ended_at",
    "sealed_successor": "session__sealed_successor",
    "device_id": "session__device_id",
    "is_active": "session__user__is_active",
}
_SELECT = Statement(lambda: RefreshToken.filter(digest=Slot("digest")).values(**_HOLDER, **_REST))
_CLAIM = Statement(
    lambda: RefreshToken.filter(digest=Slot("digest"), used_at=None).update(used_at=Slot("now"))
)
_RENEW = Statement(
    lambda: Session.filter(id=Slot("session_id"), ended_at=None).update(
        last_used_at=Slot("now"),
        last_user_agent=Slot("user_agent"),
        last_address=Slot("address"),
        sealed_successor=Slot("sealed"),
        sealed_until=Slot("until"),
    )
)


async def rotate(
    presented: str, *, caller: Caller, issuer: TokenIssuer, outbox: Outbox
) -> TokenPair:
    """Exchange a refresh token for a new pair; raises Unauthorized.

    The refusal is raised after the transaction, because what it writes must stay.
    """
    async with in_transaction():
        outcome = await _exchange(presented, caller, issuer)
        if isinstance(outcome, _Reuse):
            await _report_reuse(outcome.session_id, caller, outbox)
    if isinstance(outcome, _Refusal):
        raise Unauthorized(outcome.reason)
    return await issuer.pair(outcome.holder, outcome.refresh_token)


async def _exchange(presented: str, caller: Caller, issuer: TokenIssuer) -> _Granted | _Refusal:
    token = await _find(presented)
    if token is None:
        return _Refusal("unknown_refresh_token")
    if (reason := _why_closed(token, issuer)) is not None:
        return _Refusal(reason)
    if await _CLAIM.changed(now=clock.now(), digest=token.digest):
        return await _grow(token, presented, caller, issuer)
    used = await _find(presented)  # with what the one that was quicker has written
    return await _respond_to_reuse(used or token, presented, issuer)


async def _find(presented: str) -> _Presented | None:
    rows = await _SELECT.rows(digest=digest(presented))
    if not rows:
        return None
    (row,) = rows
    holder = Holder(**{name: row[name] for name in _HOLDER})
    return _Presented(**{name: row[name] for name in _REST}, holder=holder)


def _why_closed(token: _Presented, issuer: TokenIssuer) -> str | None:
    now = clock.now()
    if token.ended_at is not None:
        return "session_ended"
    if now >= min(token.holder.expires_at, token.last_used_at + issuer.lifetimes.idle):
        return "session_expired"
    if not token.is_active:
        return "user_blocked"
    return None


async def _grow(
    token: _Presented, presented: str, caller: Caller, issuer: TokenIssuer
) -> _Granted | _Refusal:
    """Add the next generation, unless the session was ended a moment ago."""
    successor, now, session_id = new_refresh_token(), clock.now(), token.holder.session_id
    sealed = issuer.box.seal(successor.encode(), purpose=PURPOSE, with_token=presented)
    is_renewed = await _RENEW.changed(
        session_id=session_id,
        now=now,
        user_agent=caller.user_agent,
        address=caller.address,
        sealed=sealed,
        until=now + issuer.lifetimes.grace,
    )
    if not is_renewed:
        return _Refusal("session_ended")
    is_same_day = token.last_used_at.date() == now.date()
    await renew_daily(token.device_id, last_used_on_this_day=is_same_day)
    await RefreshToken.create(
        digest=digest(successor), session_id=session_id, generation=token.generation + 1
    )
    return _Granted(token.holder, successor)


async def _respond_to_reuse(
    token: _Presented, presented: str, issuer: TokenIssuer
) -> _Granted | _Refusal:
    if (reason := _why_closed(token, issuer)) is not None:
        return _Refusal(reason)
    session_id = token.holder.session_id
    newest = await RefreshToken.filter(session_id=session_id).order_by("-generation").first()
    assert newest is not None  # noqa: S101 - `token` itself is one of them
    age = newest.generation - token.generation
    in_grace = token.used_at is not None and clock.now() < token.used_at + issuer.lifetimes.grace
    if in_grace and age == 1:
        return _give_successor_again(token, presented, issuer)
    if in_grace and age == 2:  # noqa: PLR2004 - the successor was used in the meantime
        return _Refusal("refresh_token_superseded")
    await end_sessions(id=session_id, because="refresh_token_reused")
    return _Reuse("refresh_token_reused", session_id)


async def _report_reuse(session_id: UUID, caller: Caller, outbox: Outbox) -> None:
    """Write it down and tell the owner: somebody else may have had the token."""
    logger.warning("refresh token reused", extra={"session": str(session_id)})
    session = await Session.get(id=session_id).select_related("user")
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
    token: _Presented, presented: str, issuer: TokenIssuer
) -> _Granted | _Refusal:
    if token.sealed_successor is None:
        return _Refusal("refresh_token_superseded")
    try:
        successor = issuer.box.open(token.sealed_successor, purpose=PURPOSE, with_token=presented)
    except CannotOpen:
        return _Refusal("refresh_token_superseded")
    return _Granted(token.holder, successor.decode())
