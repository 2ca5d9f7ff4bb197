"""Accounts of others, for managers and administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from auth_service.administration import reading, service
from auth_service.administration.schemas import (
    Blocking,
    RolesChange,
    UserChange,
    UserPage,
    UserQuery,
)
from auth_service.dependencies import Emails, Issuer
from auth_service.errors import (
    CannotBlockYourself,
    EmailTaken,
    LastAdministrator,
    NoSuchSession,
    NoSuchUser,
    OnlyForAdministrators,
    PhoneTaken,
    RoleNotYetAvailable,
    RolesChanged,
)
from auth_service.permissions import Administrator, Manager
from auth_service.sessions.schemas import SessionRead
from auth_service.users.schemas import UserRead
from shared.http.problem_groups import ALLOWED, BODY
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/users", tags=["administration"])


@router.get("", responses=problems(*ALLOWED))
async def list_users(_manager: Manager, query: Annotated[UserQuery, Query()]) -> UserPage:
    """List people, the newest first unless `sort` says otherwise."""
    return await reading.list_users(query)


@router.get("/{user_id}", responses=problems(*ALLOWED, NoSuchUser))
async def read_user(user_id: UUID, _manager: Manager) -> UserRead:
    """Show one person."""
    return UserRead.model_validate(await reading.read_user(user_id))


@router.patch("/{user_id}", responses=problems(*BODY, *ALLOWED, NoSuchUser, EmailTaken, PhoneTaken))
async def change_user(
    user_id: UUID, change: UserChange, administrator: Administrator, outbox: Emails
) -> UserRead:
    """Change a person's name, email, phone, language or time zone.

    A new email or phone is announced to the address that the person had."""
    user = await service.change_user(user_id, change, actor=administrator, outbox=outbox)
    return UserRead.model_validate(user)


@router.delete(
    "/{user_id}", status_code=204, responses=problems(*ALLOWED, NoSuchUser, LastAdministrator)
)
async def delete_user(user_id: UUID, administrator: Administrator) -> None:
    """Archive a person: personal data are erased, and the id is never given again."""
    await service.delete_user(user_id, actor=administrator)


@router.post(
    "/{user_id}/block",
    status_code=204,
    responses=problems(
        *(*BODY, *ALLOWED, OnlyForAdministrators),
        *(NoSuchUser, CannotBlockYourself, LastAdministrator),
    ),
)
async def block_user(
    user_id: UUID, manager: Manager, outbox: Emails, blocking: Blocking | None = None
) -> None:
    """Close an account immediately; managers may close those of customers only.

    The audit log keeps the reason, if there is one.
    """
    reason = blocking.reason if blocking else None
    await service.block(user_id, actor=manager, outbox=outbox, reason=reason)


@router.post("/{user_id}/unblock", status_code=204, responses=problems(*ALLOWED, NoSuchUser))
async def unblock_user(user_id: UUID, administrator: Administrator) -> None:
    """Open an account again."""
    await service.unblock(user_id, actor=administrator)


@router.put(
    "/{user_id}/roles",
    responses=problems(
        *(*BODY, *ALLOWED, NoSuchUser),
        *(LastAdministrator, RoleNotYetAvailable, RolesChanged),
    ),
)
async def set_user_roles(
    user_id: UUID, change: RolesChange, administrator: Administrator
) -> UserRead:
    """Give a person exactly these roles.

    With `expected_roles` only if these are the roles that the person still has.
    """
    user = await service.set_roles(
        user_id, change.sorted_roles(), actor=administrator, expected=change.expected_roles
    )
    return UserRead.model_validate(user)


@router.get("/{user_id}/sessions", responses=problems(*ALLOWED, NoSuchUser))
async def list_user_sessions(
    user_id: UUID, administrator: Administrator, issuer: Issuer
) -> list[SessionRead]:
    """List where a person is signed in, the session used last first."""
    return await reading.list_sessions_of(user_id, actor=administrator, issuer=issuer)


@router.delete("/{user_id}/sessions", status_code=204, responses=problems(*ALLOWED, NoSuchUser))
async def end_user_sessions(user_id: UUID, administrator: Administrator) -> None:
    """Sign a person out everywhere."""
    await service.end_sessions_of(user_id, actor=administrator)


@router.delete(
    "/{user_id}/sessions/{session_id}",
    status_code=204,
    responses=problems(*ALLOWED, NoSuchUser, NoSuchSession),
)
async def end_user_session(user_id: UUID, session_id: UUID, administrator: Administrator) -> None:
    """Sign a person out in one place."""
    await service.end_session_of(user_id, session_id, actor=administrator)
