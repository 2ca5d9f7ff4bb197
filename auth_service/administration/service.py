"""What managers and administrators do to the accounts of others.

Rights are looked at in the database, under lock: a token may be as old as 15 minutes, and two
administrators may act on each other concurrently.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from auth_service.accounts.archiving import archive
from auth_service.accounts.confirmations import Purpose, make_void
from auth_service.accounts.devices import forget_device_of, forget_devices
from auth_service.accounts.folding import with_words
from auth_service.accounts.locking import LockedUsers, is_administrator, lock
from auth_service.accounts.lookup import refused_role, taken
from auth_service.accounts.sessions import end_sessions
from auth_service.actor import Actor
from auth_service.administration.reading import read_user
from auth_service.administration.schemas import UserChange
from auth_service.audit.attempts import attempt
from auth_service.audit.service import Event
from auth_service.errors import (
    CannotBlockYourself,
    NoSuchSession,
    OnlyForAdministrators,
    RolesChanged,
)
from auth_service.mail.outbox import Kind, Outbox
from auth_service.models import User
from auth_service.users.service import chosen
from shared import clock
from shared.access.roles import STAFF
from shared.access.tokens import Role
from shared.errors import Forbidden


async def change_user(user_id: UUID, change: UserChange, *, actor: Actor, outbox: Outbox) -> User:
    """Change a person's profile, email or phone; return the account as it is then.

    Raises NoSuchUser, EmailTaken or PhoneTaken. The administrator vouches for the new email: it
    stays as verified as the old one was. The old address learns of both changes.
    """
    changes = chosen(change)
    if changes:
        async with _changing(
            Event.PROFILE_CHANGED, user_id, actor=actor, fields=sorted(change.model_fields_set)
        ) as locked:
            await _store(locked.user, changes)
            await _announce(locked.user, changes, outbox)
    return await read_user(user_id)


async def block(user_id: UUID, *, actor: Actor, outbox: Outbox, reason: str | None = None) -> None:
    """Close an account: its sessions end, its tokens are revoked, its owner is informed by email.

    Raises NoSuchUser, CannotBlockYourself, OnlyForAdministrators or LastAdministrator. To block
    twice does no harm. The audit log keeps the reason.
    """
    given = {"block_reason": reason} if reason else {}
    async with _changing(Event.BLOCKED, user_id, actor=actor, needs=STAFF, **given) as locked:
        _require_may_block(locked, actor)
        locked.require_another_administrator()
        if locked.user.is_active:
            await _revoke_tokens(user_id, is_active=False)
            await outbox.put_for(locked.user, Kind.BLOCKED, {})
        await end_sessions(user_id=user_id, because="blocked")


async def unblock(user_id: UUID, *, actor: Actor) -> None:
    """Open an account again; its owner signs in anew. Raises NoSuchUser."""
    async with _changing(Event.UNBLOCKED, user_id, actor=actor):
        await User.filter(id=user_id).update(is_active=True, updated_at=clock.now())


async def set_roles(
    user_id: UUID, roles: list[str], *, actor: Actor, expected: Iterable[str] | None = None
) -> User:
    """Give a person exactly these roles; the next refresh brings them into their tokens.

    Raises NoSuchUser, LastAdministrator, RoleNotYetAvailable, or RolesChanged where the person has
    other roles than were `expected`.
    """
    async with _changing(Event.ROLES_CHANGED, user_id, actor=actor, roles=roles) as locked:
        if expected is not None and set(expected) != set(locked.user.roles):
            raise RolesChanged
        if Role.ADMIN.value not in roles:
            locked.require_another_administrator()
        if set(roles) != set(locked.user.roles):
            await _store_roles(user_id, roles)
    return await read_user(user_id)


async def end_sessions_of(user_id: UUID, *, actor: Actor) -> None:
    """Sign a person out everywhere; raises NoSuchUser."""
    async with _changing(Event.SESSIONS_ENDED, user_id, actor=actor):
        await end_sessions(user_id=user_id, because="ended_by_administrator")
        await forget_devices(user_id)


async def end_session_of(user_id: UUID, session_id: UUID, *, actor: Actor) -> None:
    """Sign a person out in one place, whose device is unknown from then on.

    Raises NoSuchUser or NoSuchSession.
    """
    async with _changing(Event.SESSION_ENDED, user_id, actor=actor, ended_session=str(session_id)):
        ended = await end_sessions(id=session_id, user_id=user_id, because="ended_by_administrator")
        if not ended:
            raise NoSuchSession
        await forget_device_of(session_id, actor.session_id)


async def delete_user(user_id: UUID, *, actor: Actor) -> None:
    """Archive an account: see `archive`; raises NoSuchUser or LastAdministrator."""
    async with _changing(Event.ACCOUNT_DELETED, user_id, actor=actor) as locked:
        locked.require_another_administrator()
        await archive(user_id, because="deleted_by_administrator")


@asynccontextmanager
async def _changing(
    event: Event,
    user_id: UUID,
    *,
    actor: Actor,
    needs: Iterable[Role] = (Role.ADMIN,),
    **details: str | int | bool | list[str],
) -> AsyncIterator[LockedUsers]:
    """Hold the account, and hold the actor to the present roles; write down what comes."""
    async with attempt(
        event,
        caller=actor.caller,
        actor_id=actor.user_id,
        subject_id=user_id,
        session_id=actor.session_id,
        **details,
    ):
        locked = await lock(user_id, also=actor.user_id)
        if actor.user_id is not None and not _has_any(locked.by_id.get(actor.user_id), needs):
            raise Forbidden
        yield locked


def _has_any(user: User | None, roles: Iterable[Role]) -> bool:
    return user is not None and user.is_active and not set(user.roles).isdisjoint(roles)


def _require_may_block(locked: LockedUsers, actor: Actor) -> None:
    if actor.user_id is None:
        return
    if locked.user.id == actor.user_id:
        raise CannotBlockYourself
    is_customer = set(locked.user.roles) <= {Role.USER.value}
    if not is_customer and not is_administrator(locked.by_id[actor.user_id]):
        raise OnlyForAdministrators


async def _revoke_tokens(user_id: UUID, **changes: Any) -> None:
    """Store `changes` of a person's rights; tokens issued before are honoured no more."""
    now = clock.now()
    await User.filter(id=user_id).update(
        **changes, token_version=F("token_version") + 1, tokens_revoked_at=now, updated_at=now
    )


async def _store_roles(user_id: UUID, roles: list[str]) -> None:
    try:
        await _revoke_tokens(user_id, roles=roles)
    except IntegrityError as error:
        raise refused_role(error) from None


async def _store(user: User, changes: dict[str, str]) -> None:
    try:
        await User.filter(id=user.id).update(**with_words(changes), updated_at=clock.now())
    except IntegrityError as error:
        raise taken(error) from None


async def _announce(user: User, changes: dict[str, str], outbox: Outbox) -> None:
    """Write to the address that the person had until now; links sent to it are good no more."""
    if changes.get("email", user.email) != user.email:
        await make_void(user.id, *Purpose)
    for field, kind in (("email", Kind.EMAIL_CHANGED), ("phone", Kind.PHONE_CHANGED)):
        if field in changes and changes[field] != getattr(user, field):
            await outbox.put_for(user, kind, {})
