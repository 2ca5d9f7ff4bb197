"""Signing in and out, staying signed in, and seeing where else one is."""

from uuid import UUID

from fastapi import APIRouter, Response

from auth_service.dependencies import CurrentCaller, Emails, Hasher, Issuer
from auth_service.errors import NoSuchSession, TooBusy, TooManyTries
from auth_service.sessions import service
from auth_service.sessions.rotation import rotate
from auth_service.sessions.schemas import Credentials, RefreshRequest, SessionRead, SignedIn
from auth_service.tokens.schemas import TokenPair
from shared.access.authentication import AnyPrincipal, CurrentPrincipal
from shared.errors import (
    ServiceUnavailable,
    Unauthorized,
)
from shared.http.problem_groups import BODY, SIGNED_IN
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/auth", tags=["sessions"])


@router.post("/login", responses=problems(*BODY, Unauthorized, TooManyTries, TooBusy))
async def sign_in(
    credentials: Credentials,
    caller: CurrentCaller,
    hasher: Hasher,
    issuer: Issuer,
    response: Response,
) -> SignedIn:
    """Sign in with an email or a phone.

    Guessing is refused with a 429 that says when to try again. At a device that presents
    its `device_token` nobody else's guesses count; elsewhere `POST /api/v1/auth/sign-in-link` lets
    in whom they are in the way of.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service.sign_in(credentials, caller=caller, hasher=hasher, issuer=issuer)


@router.post("/refresh", responses=problems(*BODY, Unauthorized, ServiceUnavailable))
async def refresh_tokens(
    body: RefreshRequest,
    caller: CurrentCaller,
    issuer: Issuer,
    outbox: Emails,
    response: Response,
) -> TokenPair:
    """Exchange a refresh token for a new pair; each is good for one use."""
    response.headers["Cache-Control"] = "no-store"
    return await rotate(body.refresh_token, caller=caller, issuer=issuer, outbox=outbox)


@router.post("/logout", status_code=204, responses=problems(Unauthorized, ServiceUnavailable))
async def sign_out(principal: AnyPrincipal, caller: CurrentCaller) -> None:
    """End this session: its refresh token is good for nothing any more."""
    await service.sign_out(principal, caller=caller)


@router.get("/sessions", responses=problems(*SIGNED_IN))
async def list_sessions(principal: CurrentPrincipal, issuer: Issuer) -> list[SessionRead]:
    """List where one is signed in, the session used last first."""
    return await service.list_sessions(
        principal.user_id, asking=principal.session_id, issuer=issuer
    )


@router.delete("/sessions", status_code=204, responses=problems(*SIGNED_IN))
async def end_other_sessions(principal: CurrentPrincipal, caller: CurrentCaller) -> None:
    """Sign out everywhere else."""
    await service.end_other_sessions(principal, caller=caller)


@router.delete(
    "/sessions/{session_id}", status_code=204, responses=problems(*SIGNED_IN, NoSuchSession)
)
async def end_session(session_id: UUID, principal: CurrentPrincipal, caller: CurrentCaller) -> None:
    """Sign out in one place."""
    await service.end_session(session_id, principal, caller=caller)
