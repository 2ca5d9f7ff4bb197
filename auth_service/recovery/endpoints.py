"""Changing one's password, and replacing a forgotten one."""

from fastapi import APIRouter, BackgroundTasks, Response

from auth_service.dependencies import Codes, CurrentCaller, Emails, Hasher
from auth_service.email_requests import asked_emails
from auth_service.errors import InvalidLink, TooBusy, TooManyTries, WrongPassword
from auth_service.recovery import forgotten, service
from auth_service.recovery.schemas import ForgottenPassword, PasswordChange, PasswordReset
from shared.access.authentication import AnyPrincipal
from shared.errors import ServiceUnavailable, Unauthorized
from shared.http.problem_groups import BODY
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/auth/password", tags=["passwords"])


@router.post(
    "/change",
    status_code=204,
    responses=problems(*BODY, Unauthorized, WrongPassword, TooManyTries, TooBusy),
)
async def change_password(
    change: PasswordChange,
    principal: AnyPrincipal,
    caller: CurrentCaller,
    hasher: Hasher,
    outbox: Emails,
) -> None:
    """Set a new password; all other sessions end, this one refreshes into full rights."""
    await service.change_password(principal, change, caller=caller, hasher=hasher, outbox=outbox)


@router.post(
    "/forgot",
    status_code=202,
    response_class=Response,
    responses=problems(*BODY, TooManyTries, ServiceUnavailable),
)
async def forgot_password(
    body: ForgottenPassword, caller: CurrentCaller, confirmations: Codes, later: BackgroundTasks
) -> None:
    """Ask for a link to set a new password by; the answer is the same whether there is an account.

    It goes to the account's address, also when `login` is its phone; at most one a minute.
    """
    await forgotten.request_link(body.login, caller=caller, confirmations=confirmations)
    later.add_task(asked_emails.send, confirmations)


@router.post(
    "/reset",
    status_code=204,
    responses=problems(*BODY, InvalidLink, TooManyTries, TooBusy),
)
async def reset_password(
    body: PasswordReset, caller: CurrentCaller, hasher: Hasher, confirmations: Codes
) -> None:
    """Set a new password by the token of an email's link; all sessions end."""
    await forgotten.reset_password(body, caller=caller, hasher=hasher, confirmations=confirmations)
