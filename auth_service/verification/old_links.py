"""Addresses that links of emails had before the front end had pages of its own: they lead there.

The token of such a link stands behind `#`, where browsers keep it and no server sees it; what came
as `?token=` is passed on. The last of those emails are good for 24 hours after the upgrade.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from auth_service.accounts.confirmations import LINK_PATHS, Purpose
from auth_service.dependencies import Settings
from shared.errors import BadRequest
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/auth", tags=["links of emails"], responses=problems(BadRequest))

Token = Annotated[str | None, Query(description="The token of the link, passed on.")]


@router.get("/email/confirm", status_code=303, response_class=RedirectResponse)
async def show_email_confirmation(settings: Settings, token: Token = None) -> RedirectResponse:
    """Lead to the page that confirms an email."""
    return _to(settings.links, Purpose.VERIFY_EMAIL, token)


@router.get("/password/reset", status_code=303, response_class=RedirectResponse)
async def show_password_reset(settings: Settings, token: Token = None) -> RedirectResponse:
    """Lead to the page that sets a new password."""
    return _to(settings.links, Purpose.RESET_PASSWORD, token)


@router.get("/sign-in-link/confirm", status_code=303, response_class=RedirectResponse)
async def show_sign_in_link(settings: Settings, token: Token = None) -> RedirectResponse:
    """Lead to the page that lets a new device sign in."""
    return _to(settings.links, Purpose.SIGN_IN, token)


def _to(root: str, purpose: Purpose, token: str | None) -> RedirectResponse:
    query = f"?{urlencode({'token': token})}" if token else ""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{root}{LINK_PATHS[purpose]}{query}", 303, headers)
