"""Accounts: sign up, see and change one's own, and leave."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from auth_service.accounts.lookup import read
from auth_service.dependencies import Codes, CurrentCaller, Emails, Hasher, Settings
from auth_service.errors import (
    EmailTaken,
    EmailUnchanged,
    LastAdministrator,
    PhoneTaken,
    ProofRequired,
    TooBusy,
    TooManyEmails,
    TooManyTries,
    WrongPassword,
)
from auth_service.users import profile, service
from auth_service.users.registration_check import FIELD, SignUpCheck, require_proof
from auth_service.users.schemas import (
    AccountDeletion,
    EmailChange,
    PhoneChange,
    ProfileChange,
    Registration,
    UserRead,
)
from shared.access.authentication import AnyPrincipal, CurrentPrincipal
from shared.errors import (
    ServiceUnavailable,
    Unauthorized,
)
from shared.http.problem_groups import BODY, SIGNED_IN
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1", tags=["users"])

_PROVED = (*BODY, *SIGNED_IN, WrongPassword, TooManyTries, TooBusy)


@router.post(
    "/auth/register",
    status_code=201,
    responses=problems(
        *(*BODY, EmailTaken, PhoneTaken),
        *(ProofRequired, TooManyEmails, TooManyTries, TooBusy),
    ),
)
async def register(
    registration: Registration,
    caller: CurrentCaller,
    hasher: Hasher,
    confirmations: Codes,
    settings: Settings,
    check: SignUpCheck,
    proof: Annotated[str | None, Header(alias=FIELD, max_length=4096)] = None,
) -> UserRead:
    """Create an account that can sign in immediately; an email brings a code to verify the address.

    A shop may ask for a proof that the client is not a program.
    """
    await require_proof(check, proof, caller=caller)
    user = await service.register(
        registration,
        caller=caller,
        hasher=hasher,
        confirmations=confirmations,
        default_time_zone=settings.default_time_zone,
    )
    return UserRead.model_validate(user)


@router.get("/users/me", responses=problems(Unauthorized, ServiceUnavailable))
async def read_me(principal: AnyPrincipal) -> UserRead:
    """Show the account that is signed in."""
    return UserRead.model_validate(await read(principal.user_id))


@router.patch("/users/me", responses=problems(*BODY, *SIGNED_IN, ServiceUnavailable))
async def change_me(
    change: ProfileChange, principal: CurrentPrincipal, caller: CurrentCaller
) -> UserRead:
    """Change one's name, language or time zone."""
    return UserRead.model_validate(await profile.change_profile(principal, change, caller=caller))


@router.post(
    "/users/me/email",
    status_code=202,
    response_class=Response,
    responses=problems(*_PROVED, EmailTaken, EmailUnchanged, TooManyEmails),
)
async def change_email(
    change: EmailChange,
    principal: CurrentPrincipal,
    caller: CurrentCaller,
    hasher: Hasher,
    confirmations: Codes,
) -> None:
    """Ask for another address; it is taken once the email to it is confirmed."""
    await profile.change_email(
        principal, change, caller=caller, hasher=hasher, confirmations=confirmations
    )


@router.post("/users/me/phone", status_code=204, responses=problems(*_PROVED, PhoneTaken))
async def change_phone(
    change: PhoneChange,
    principal: CurrentPrincipal,
    caller: CurrentCaller,
    hasher: Hasher,
    outbox: Emails,
) -> None:
    """Take another phone to sign in with."""
    await profile.change_phone(principal, change, caller=caller, hasher=hasher, outbox=outbox)


@router.delete("/users/me", status_code=204, responses=problems(*_PROVED, LastAdministrator))
async def delete_me(
    deletion: AccountDeletion, principal: CurrentPrincipal, caller: CurrentCaller, hasher: Hasher
) -> None:
    """Leave: personal data are erased, email and phone are free again, all sessions end."""
    await profile.delete_account(principal, deletion, caller=caller, hasher=hasher)
