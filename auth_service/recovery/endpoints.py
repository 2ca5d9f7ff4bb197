"""Changing one's password."""

from fastapi import APIRouter

from auth_service.caller import CurrentCaller
from auth_service.dependencies import Hasher, Letters
from auth_service.errors import TooBusy, TooManyTries, WrongPassword
from auth_service.recovery import service
from auth_service.recovery.schemas import PasswordChange
from shared.authentication import AnyPrincipal
from shared.errors import MalformedBody, Unauthorized, UnsupportedMediaType
from shared.problems import problems

router = APIRouter(prefix="/api/v1/auth/password", tags=["passwords"])


@router.post(
    "/change",
    status_code=204,
    responses=problems(
        MalformedBody, Unauthorized, WrongPassword, UnsupportedMediaType, TooManyTries, TooBusy
    ),
)
async def change_password(
    change: PasswordChange,
    principal: AnyPrincipal,
    caller: CurrentCaller,
    hasher: Hasher,
    outbox: Letters,
) -> None:
    """Set a new password; all other sessions end, this one refreshes into full rights."""
    await service.change_password(principal, change, caller=caller, hasher=hasher, outbox=outbox)
