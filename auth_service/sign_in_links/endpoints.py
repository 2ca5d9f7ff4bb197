"""Getting in at a new device while strangers use up what may be tried there."""

from fastapi import APIRouter, BackgroundTasks, Response

from auth_service.dependencies import Codes, CurrentCaller
from auth_service.email_requests import asked_emails
from auth_service.errors import InvalidLink, TooManyTries
from auth_service.sign_in_links import service
from auth_service.sign_in_links.schemas import (
    DeviceRead,
    SignInLinkConfirmation,
    SignInLinkRequest,
)
from shared.errors import ServiceUnavailable
from shared.http.problem_groups import BODY
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/auth/sign-in-link", tags=["sessions"])

_ANYONE = (*BODY, TooManyTries, ServiceUnavailable)


@router.post("", status_code=202, response_class=Response, responses=problems(*_ANYONE))
async def request_sign_in_link(
    body: SignInLinkRequest,
    caller: CurrentCaller,
    confirmations: Codes,
    later: BackgroundTasks,
) -> None:
    """Ask for an email whose link lets a new device sign in, for when that is a 429.

    The response is the same whether there is an account. The email goes to the account's address,
    also when `login` is its phone: at most one a minute and three in ten minutes. Any link of the
    last ten minutes will do, no matter who asked for it.
    """
    await service.request_link(body.login, caller=caller, confirmations=confirmations)
    later.add_task(asked_emails.send, confirmations)


@router.post("/confirm", responses=problems(*_ANYONE, InvalidLink))
async def confirm_sign_in_link(
    body: SignInLinkConfirmation, caller: CurrentCaller, confirmations: Codes, response: Response
) -> DeviceRead:
    """Exchange the token of the email's link, once, for a `device_token` to sign in with.

    It replaces no password: sign in with login, password and this token within ten minutes, and
    the device stays known.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service.let_in(body.token, caller=caller, confirmations=confirmations)
