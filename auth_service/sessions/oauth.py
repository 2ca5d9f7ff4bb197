"""The endpoints of RFC 6749 and RFC 7009: forms in, their own answers and errors out."""

import base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from auth_service.dependencies import (
    CurrentCaller,
    Emails,
    Hasher,
    Issuer,
    Settings,
    Verifier,
)
from auth_service.errors import (
    InvalidClient,
    InvalidGrant,
    InvalidOAuthRequest,
    InvalidScope,
    OAuthError,
    TooBusy,
    UnsupportedGrantType,
)
from auth_service.passwords.rules import MAX_LENGTH
from auth_service.sessions import service
from auth_service.sessions.revoking import revoke
from auth_service.sessions.rotation import rotate
from auth_service.sessions.schemas import (
    MAX_DEVICE_TOKEN_LENGTH,
    MAX_REFRESH_TOKEN_LENGTH,
    Credentials,
    OAuthTokens,
)
from shared.access.tokens import CLIENT_ID
from shared.errors import ServiceUnavailable, Unauthorized
from shared.http.problems import problems
from shared.values.email_addresses import MAX_TYPED_LENGTH

FORM = "application/x-www-form-urlencoded"
MAX_REVOKED_TOKEN_LENGTH = 8 * 1024
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

_REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "additionalProperties": {"type": "string"},
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["password", "refresh_token"]},
                        "username": {"type": "string", "maxLength": MAX_TYPED_LENGTH},
                        "password": {"type": "string", "maxLength": MAX_LENGTH},
                        "refresh_token": {"type": "string", "maxLength": MAX_REFRESH_TOKEN_LENGTH},
                        "device_token": {"type": "string", "maxLength": MAX_DEVICE_TOKEN_LENGTH},
                        "client_id": {"type": "string", "const": CLIENT_ID},
                        "scope": {
                            "type": "string",
                            "maxLength": 0,
                            "description": "There are no scopes: any but an empty one is the "
                            "error invalid_scope (RFC 6749 section 5.2).",
                        },
                    },
                }
            }
        },
    }
}
_REVOKE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["token"],
                    "additionalProperties": {"type": "string"},
                    "properties": {
                        "token": {
                            "type": "string",
                            "maxLength": MAX_REVOKED_TOKEN_LENGTH,
                            "description": "A refresh token, or an access token.",
                        },
                        "token_type_hint": {
                            "type": "string",
                            "description": "access_token or refresh_token; the answer is the same "
                            "with any hint or none.",
                        },
                        "client_id": {"type": "string", "const": CLIENT_ID},
                    },
                }
            }
        },
    }
}
_ERROR = {
    "description": "An error of RFC 6749 section 5.2",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error", "error_description"],
                "properties": {
                    "error": {"type": "string"},
                    "error_description": {"type": "string"},
                },
            }
        }
    },
}

router = APIRouter(prefix="/api/v1/auth", tags=["sessions"])


def install(app: FastAPI) -> None:
    """Make `app` answer the errors of this endpoint as the RFC wants them."""
    app.add_exception_handler(OAuthError, _answer_error)


async def _answer_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, OAuthError)  # noqa: S101 - registered for this class only
    body = {"error": error.error, "error_description": error.description}
    headers = dict(_NO_STORE)
    if isinstance(error, InvalidClient):
        headers["WWW-Authenticate"] = 'Basic realm="vitrina"'
    return JSONResponse(body, status_code=error.status, headers=headers)


async def _read_form(request: Request) -> Mapping[str, str]:
    """Return the form's parameters; each may come once (RFC 6749 section 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidOAuthRequest(f"The body must be {FORM}")
    try:
        pairs = (await request.form(max_fields=20)).multi_items()
    except HTTPException:
        raise InvalidOAuthRequest("The form cannot be read") from None
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise InvalidOAuthRequest("A parameter is there twice")
    form = {name: value for name, value in pairs if isinstance(value, str) and value}
    _check_client(request.headers.getlist("authorization"), form)
    return form


Form = Annotated[Mapping[str, str], Depends(_read_form)]


@router.post(
    "/token",
    response_model_exclude_none=True,
    openapi_extra=_REQUEST_BODY,
    responses={**problems(TooBusy), 400: _ERROR, 401: _ERROR},
)
async def issue_tokens(
    form: Form,
    caller: CurrentCaller,
    hasher: Hasher,
    issuer: Issuer,
    outbox: Emails,
    settings: Settings,
    response: Response,
) -> OAuthTokens:
    """Sign in or refresh as OAuth 2 clients do (RFC 6749 sections 4.3 and 6).

    `device_token` is an extension of the password grant: see `POST /api/v1/auth/login`.
    """
    response.headers.update(_NO_STORE)
    if "scope" in form:  # an empty one is not (RFC 6749 section 3.2)
        raise InvalidScope("There are no scopes here: leave the parameter out")
    try:
        match _parameter(form, "grant_type", 100):
            case "password" if settings.password_grant:
                named = _credentials(form)
                signed_in = await service.sign_in(
                    named, caller=caller, hasher=hasher, issuer=issuer
                )
                return OAuthTokens(**signed_in.model_dump())
            case "refresh_token":
                presented = _parameter(form, "refresh_token", MAX_REFRESH_TOKEN_LENGTH)
                pair = await rotate(presented, caller=caller, issuer=issuer, outbox=outbox)
                return OAuthTokens(**pair.model_dump())
    except Unauthorized:
        raise InvalidGrant("The credentials are not good") from None
    raise UnsupportedGrantType("This grant type is not offered")


@router.post(
    "/revoke",
    openapi_extra=_REVOKE_BODY,
    responses={**problems(ServiceUnavailable), 400: _ERROR, 401: _ERROR},
)
async def revoke_token(form: Form, caller: CurrentCaller, verifier: Verifier) -> Response:
    """End the session that a refresh token or an access token belongs to (RFC 7009).

    With it all tokens of the session are revoked. A token that is unknown or has expired is no
    error.
    """
    presented = _parameter(form, "token", MAX_REVOKED_TOKEN_LENGTH)
    await revoke(presented, caller=caller, verify=verifier.verify)
    return Response(headers=_NO_STORE)


def _credentials(form: Mapping[str, str]) -> Credentials:
    return Credentials(
        login=_parameter(form, "username", MAX_TYPED_LENGTH),
        password=_parameter(form, "password", MAX_LENGTH),
        device_token=(
            _parameter(form, "device_token", MAX_DEVICE_TOKEN_LENGTH)
            if "device_token" in form
            else None
        ),
    )


def _parameter(form: Mapping[str, str], name: str, max_length: int) -> str:
    value = form.get(name)
    if value is None:
        raise InvalidOAuthRequest(f"{name} is missing")
    if len(value) > max_length:
        raise InvalidOAuthRequest(f"{name} is too long")
    return value


def _check_client(authorization: Sequence[str], form: Mapping[str, str]) -> None:
    """Refuse another client than the one public client that there is; it has no password."""
    named = {form["client_id"]} if "client_id" in form else set()
    if len(authorization) > 1:
        raise InvalidClient("The Authorization field is there twice")
    named |= {_basic_user(field) for field in authorization}
    if named - {CLIENT_ID}:
        raise InvalidClient("This client is not known here")


def _basic_user(authorization: str) -> str:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("This client authentication is not offered")
    try:
        return base64.b64decode(encoded.lstrip(" "), validate=True).decode().partition(":")[0]
    except ValueError:
        raise InvalidClient("The Authorization field cannot be read") from None
