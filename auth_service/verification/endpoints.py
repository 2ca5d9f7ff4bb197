"""Verifying one's address: by the code of an email or by its link."""

from fastapi import APIRouter, Response

from auth_service.dependencies import Codes, CurrentCaller
from auth_service.errors import (
    EmailAlreadyVerified,
    EmailTaken,
    InvalidCode,
    InvalidLink,
    TooManyEmails,
    TooManyTries,
)
from auth_service.verification import service
from auth_service.verification.schemas import CodeConfirmation, LinkConfirmation
from shared.access.authentication import CurrentPrincipal
from shared.errors import (
    ServiceUnavailable,
)
from shared.http.problem_groups import BODY, SIGNED_IN
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/auth/email", tags=["email"])

_CONFIRMING = (*BODY, TooManyTries, ServiceUnavailable)


@router.post(
    "/verify",
    status_code=204,
    responses=problems(*_CONFIRMING, *SIGNED_IN, InvalidCode, EmailTaken),
)
async def verify_email(
    body: CodeConfirmation,
    principal: CurrentPrincipal,
    caller: CurrentCaller,
    confirmations: Codes,
) -> None:
    """Confirm one's email, new or changed, by the code of an email.

    Each email's code is good for its own ten minutes, also when another one was sent since.

    The next access token says that it is verified: refresh to have one.
    """
    await service.verify_by_code(principal, body.code, caller=caller, confirmations=confirmations)


@router.post("/confirm", status_code=204, responses=problems(*_CONFIRMING, InvalidLink, EmailTaken))
async def confirm_email(
    body: LinkConfirmation, caller: CurrentCaller, confirmations: Codes
) -> None:
    """Confirm an email, new or changed, by the token of an email's link."""
    await service.confirm_by_link(body.token, caller=caller, confirmations=confirmations)


@router.post(
    "/resend",
    status_code=202,
    response_class=Response,
    responses=problems(*SIGNED_IN, EmailAlreadyVerified, TooManyEmails, ServiceUnavailable),
)
async def resend_confirmation(
    principal: CurrentPrincipal, caller: CurrentCaller, confirmations: Codes
) -> None:
    """Ask for another email; at most one a minute and ten in ten minutes."""
    await service.resend(principal, caller=caller, confirmations=confirmations)
