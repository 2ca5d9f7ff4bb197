"""Accounts: sign up, and see one's own."""

from fastapi import APIRouter

from auth_service.caller import CurrentCaller
from auth_service.dependencies import Hasher
from auth_service.errors import EmailTaken, PhoneTaken, TooBusy
from auth_service.users import service
from auth_service.users.schemas import Registration, UserRead
from shared.authentication import AnyPrincipal
from shared.errors import MalformedBody, ServiceUnavailable, Unauthorized, UnsupportedMediaType
from shared.problems import problems

router = APIRouter(prefix="/api/v1", tags=["users"])


@router.post(
    "/auth/register",
    status_code=201,
    responses=problems(MalformedBody, EmailTaken, PhoneTaken, UnsupportedMediaType, TooBusy),
)
async def register(registration: Registration, caller: CurrentCaller, hasher: Hasher) -> UserRead:
    """Create an account that can sign in at once."""
    user = await service.register(registration, caller=caller, hasher=hasher)
    return UserRead.model_validate(user)


@router.get("/users/me", responses=problems(Unauthorized, ServiceUnavailable))
async def read_me(principal: AnyPrincipal) -> UserRead:
    """Show the account that is signed in."""
    return UserRead.model_validate(await service.read(principal.user_id))
