"""Accounts of others, for managers and administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from auth_service.administration import reading, service
from auth_service.administration.schemas import RolesChange, UserChange, UserPage, UserQuery
from auth_service.dependencies import Letters
from auth_service.errors import (
    CannotBlockYourself,
    EmailTaken,
    LastAdministrator,
    NoSuchUser,
    OnlyForAdministrators,
    PhoneTaken,
)
from auth_service.permissions import Administrator, Manager
from auth_service.users.schemas import UserRead
from shared.errors import (
    Forbidden,
    MalformedBody,
    PasswordChangeRequired,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from shared.problems import problems

router = APIRouter(prefix="/api/v1/users", tags=["administration"])

_BODY = (MalformedBody, UnsupportedMediaType)
_ALLOWED = (Unauthorized, Forbidden, PasswordChangeRequired, ServiceUnavailable)


@router.get("", responses=problems(*_ALLOWED))
async def list_users(_manager: Manager, query: Annotated[UserQuery, Query()]) -> UserPage:
    """List people, the newest first unless `sort` says otherwise."""
    return await reading.list_users(query)


@router.get("/{user_id}", responses=problems(*_ALLOWED, NoSuchUser))
async def read_user(user_id: UUID, _administrator: Administrator) -> UserRead:
    """Show one person."""
    return UserRead.model_validate(await reading.read_user(user_id))


@router.patch(
    "/{user_id}", responses=problems(*_BODY, *_ALLOWED, NoSuchUser, EmailTaken, PhoneTaken)
)
async def change_user(
    user_id: UUID, change: UserChange, administrator: Administrator, outbox: Letters
) -> UserRead:
    """Change a person's name, email, phone, language or time zone.

    A new email or phone is told at the address that the person had."""
    user = await service.change_user(user_id, change, actor=administrator, outbox=outbox)
    return UserRead.model_validate(user)


@router.delete(
    "/{user_id}", status_code=204, responses=problems(*_ALLOWED, NoSuchUser, LastAdministrator)
)
async def delete_user(user_id: UUID, administrator: Administrator) -> None:
    """Archive a person: his data are erased, his id is never given again."""
    await service.delete_user(user_id, actor=administrator)


@router.post(
    "/{user_id}/block",
    status_code=204,
    responses=problems(
        *_ALLOWED, OnlyForAdministrators, NoSuchUser, CannotBlockYourself, LastAdministrator
    ),
)
async def block_user(user_id: UUID, manager: Manager, outbox: Letters) -> None:
    """Close an account at once; managers may close those of customers only."""
    await service.block(user_id, actor=manager, outbox=outbox)


@router.post("/{user_id}/unblock", status_code=204, responses=problems(*_ALLOWED, NoSuchUser))
async def unblock_user(user_id: UUID, administrator: Administrator) -> None:
    """Open an account again."""
    await service.unblock(user_id, actor=administrator)


@router.put(
    "/{user_id}/roles",
    responses=problems(*_BODY, *_ALLOWED, NoSuchUser, LastAdministrator),
)
async def set_user_roles(
    user_id: UUID, change: RolesChange, administrator: Administrator
) -> UserRead:
    """Give a person exactly these roles."""
    user = await service.set_roles(user_id, change.sorted_roles(), actor=administrator)
    return UserRead.model_validate(user)


@router.delete("/{user_id}/sessions", status_code=204, responses=problems(*_ALLOWED, NoSuchUser))
async def end_user_sessions(user_id: UUID, administrator: Administrator) -> None:
    """Sign a person out everywhere."""
    await service.end_sessions_of(user_id, actor=administrator)
