"""Use cases of a session: sign in, look around, sign out here or elsewhere."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from auth_service.accounts.devices import (
    KnownDevice,
    find_known,
    forget_device_of,
    forget_other_devices,
    remember,
)
from auth_service.accounts.lookup import find_by_login
from auth_service.accounts.sessions import end_sessions
from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from auth_service.crypto.passwords import HashQueueFull, PasswordHasher
from auth_service.crypto.refresh_tokens import digest, new_refresh_token
from auth_service.errors import NoSuchSession
from auth_service.models import RefreshToken, Session, User
from auth_service.sessions.guessing import guessing
from auth_service.sessions.schemas import Credentials, SessionRead, SignedIn
from auth_service.tallies import SIGN_INS
from auth_service.tokens.issuing import Holder, TokenIssuer
from shared import clock
from shared.access.principal import Principal
from shared.database.statements import Slot, Statement, build
from shared.errors import Unauthorized


async def sign_in(
    credentials: Credentials, *, caller: Caller, hasher: PasswordHasher, issuer: TokenIssuer
) -> SignedIn:
    """Start a session.

    Raises Unauthorized, after the same work, for whatever is wrong, TooManyTries, or HashQueueFull.
    """
    user = await find_by_login(credentials.login)
    device = await find_known(credentials.device_token, user)
    async with guessing(user, credentials.login, device=device, caller=caller) as this_try:
        try:
            verification = await hasher.verify(
                credentials.password, user.password_hash if user else None
            )
        except HashQueueFull:
            this_try.give_back()
            raise
        if user is None or not verification.is_valid or not user.is_active:
            subject = user.id if user else None
            await record(Event.SIGNED_IN, caller=caller, succeeded=False, subject_id=subject)
            SIGN_INS.count("refused")
            raise Unauthorized("wrong_credentials")
        signed_in = await _start_session(
            user, device, caller=caller, issuer=issuer, new_hash=verification.replacement
        )
        this_try.give_back()
    SIGN_INS.count("succeeded")
    return signed_in


async def list_sessions(
    user_id: UUID, *, asking: UUID | None, issuer: TokenIssuer
) -> list[SessionRead]:
    """Return the sessions of a person that still run, the one used last first.

    `asking` is the session that asks, which may be somebody else's.
    """
    running = _running(issuer).filter(user_id=user_id).order_by("-last_used_at", "id")
    return [
        SessionRead(
            id=session.id,
            user_agent=session.user_agent,
            address=session.address,
            last_user_agent=session.last_user_agent or session.user_agent,
            last_address=session.last_address or session.address,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=min(session.expires_at, session.last_used_at + issuer.lifetimes.idle),
            is_current=session.id == asking,
        )
        for session in await running
    ]


async def sign_out(principal: Principal, *, caller: Caller) -> None:
    """End this session; it does no harm to end it twice."""
    async with in_transaction():
        if await end_sessions(id=principal.session_id, because="signed_out"):
            await _record_end(Event.SIGNED_OUT, principal.session_id, principal, caller)


async def end_session(session_id: UUID, principal: Principal, *, caller: Caller) -> None:
    """End one of one's own sessions, whose device is unknown from then on; raises NoSuchSession."""
    async with in_transaction():
        ended = await end_sessions(
            id=session_id, user_id=principal.user_id, because="ended_by_owner"
        )
        if not ended:
            raise NoSuchSession
        await forget_device_of(session_id, principal.session_id)
        await _record_end(Event.SESSION_ENDED, session_id, principal, caller)


async def end_other_sessions(principal: Principal, *, caller: Caller) -> None:
    """End all of one's sessions but the one that asks; other devices are unknown from then on."""
    async with in_transaction():
        ended = await end_sessions(
            user_id=principal.user_id, id__not=principal.session_id, because="ended_by_owner"
        )
        await forget_other_devices(principal.user_id, principal.session_id)
        await record(
            Event.OTHER_SESSIONS_ENDED,
            caller=caller,
            actor_id=principal.user_id,
            subject_id=principal.user_id,
            session_id=principal.session_id,
            count=ended,
        )


def _running(issuer: TokenIssuer) -> QuerySet[Session]:
    now = clock.now()
    return Session.filter(
        ended_at=None, expires_at__gt=now, last_used_at__gt=now - issuer.lifetimes.idle
    )


async def _record_end(event: Event, session_id: UUID, principal: Principal, caller: Caller) -> None:
    await record(
        event,
        caller=caller,
        actor_id=principal.user_id,
        subject_id=principal.user_id,
        session_id=session_id,
    )


_LOCK = Statement(
    lambda: User.filter(
        id=Slot("id"), is_active=True, password_hash=Slot("password_hash")
    ).select_for_update()
)
_SURPLUS = Statement(
    lambda: build(
        Session.filter(
            user_id=Slot("user_id"),
            ended_at=None,
            expires_at__gt=Slot("now"),
            last_used_at__gt=Slot("idle_since"),
        ).order_by("-last_used_at", "id"),
        "id",
    ).offset(Slot("kept"))
)


async def _start_session(
    seen: User,
    device: KnownDevice | None,
    *,
    caller: Caller,
    issuer: TokenIssuer,
    new_hash: str | None,
) -> SignedIn:
    refresh_token = new_refresh_token()
    async with in_transaction():
        user = await _still_as_seen(seen)
        if new_hash is not None:
            await User.filter(id=seen.id).update(password_hash=new_hash)
        device = await remember(seen.id, device)
        session = await _create_session(seen.id, device.id, caller=caller, issuer=issuer)
        await RefreshToken.create(digest=digest(refresh_token), session_id=session.id, generation=1)
        await record(
            Event.SIGNED_IN,
            caller=caller,
            actor_id=seen.id,
            subject_id=seen.id,
            session_id=session.id,
        )
    holder = Holder(
        user_id=seen.id,
        session_id=session.id,
        expires_at=session.expires_at,
        version=user["token_version"],
        roles=user["roles"],
        is_email_verified=user["is_email_verified"],
        password_change_required=user["password_change_required"],
    )
    pair = await issuer.pair(holder, refresh_token)
    return SignedIn(**pair.model_dump(), device_token=device.token)


async def _create_session(
    user_id: UUID, device_id: UUID, *, caller: Caller, issuer: TokenIssuer
) -> Session:
    """Add a session; of more than a person may have, those that rested longest end."""
    now = clock.now()
    surplus = await _SURPLUS.rows(
        user_id=user_id,
        now=now,
        idle_since=now - issuer.lifetimes.idle,
        kept=issuer.max_sessions - 1,
    )
    if surplus:
        ids = [row["id"] for row in surplus]
        await end_sessions(id__in=ids, because="too_many_sessions")
    return await Session.create(
        user_id=user_id,
        user_agent=caller.user_agent,
        address=caller.address,
        last_user_agent=caller.user_agent,
        last_address=caller.address,
        device_id=device_id,
        expires_at=now + issuer.lifetimes.absolute,
    )


async def _still_as_seen(seen: User) -> Mapping[str, Any]:
    """Lock the account; raises Unauthorized if it was blocked or got another password meanwhile.

    The hash takes long enough for that.
    """
    rows = await _LOCK.rows(id=seen.id, password_hash=seen.password_hash)
    if not rows:
        raise Unauthorized("account_changed")
    return rows[0]
