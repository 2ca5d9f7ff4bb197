"""Signing in and out, and staying signed in."""

from fastapi import APIRouter, Response

from auth_service.dependencies import Hasher, Issuer
from auth_service.errors import TooBusy
from auth_service.sessions import service
from auth_service.sessions.rotation import rotate
from auth_service.sessions.schemas import Credentials, RefreshRequest, TokenPair
from shared.authentication import AnyPrincipal
from shared.errors import MalformedBody, ServiceUnavailable, Unauthorized, UnsupportedMediaType
from shared.problems import problems

router = APIRouter(prefix="/api/v1/auth", tags=["sessions"])


@router.post(
    "/login", responses=problems(MalformedBody, Unauthorized, UnsupportedMediaType, TooBusy)
)
async def sign_in(
    credentials: Credentials, hasher: Hasher, issuer: Issuer, response: Response
) -> TokenPair:
    """Sign in with an email or a phone."""
    response.headers["Cache-Control"] = "no-store"
    return await service.sign_in(credentials, hasher=hasher, issuer=issuer)


@router.post(
    "/refresh",
    responses=problems(MalformedBody, Unauthorized, UnsupportedMediaType, ServiceUnavailable),
)
async def refresh(body: RefreshRequest, issuer: Issuer, response: Response) -> TokenPair:
    """Exchange a refresh token for a new pair; each is good for one use."""
    response.headers["Cache-Control"] = "no-store"
    return await rotate(body.refresh_token, issuer=issuer)


@router.post("/logout", status_code=204, responses=problems(Unauthorized, ServiceUnavailable))
async def sign_out(principal: AnyPrincipal) -> None:
    """End this session: its refresh token is good for nothing any more."""
    await service.sign_out(principal.session_id)
