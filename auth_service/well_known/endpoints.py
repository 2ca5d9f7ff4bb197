"""What clients and verifiers find by convention: the key set and the server's metadata."""

from fastapi import APIRouter, Response

from auth_service.dependencies import Keys, Settings
from auth_service.well_known.schemas import JsonWebKeySet, ServerMetadata
from shared.errors import BadRequest, ServiceUnavailable
from shared.http.application import TOKEN_PATH
from shared.http.problems import problems

JWKS_PATH = "/.well-known/jwks.json"
_CACHE = {"Cache-Control": "public, max-age=300"}

router = APIRouter(tags=["well-known"])


@router.get(
    JWKS_PATH, response_model=JsonWebKeySet, responses=problems(BadRequest, ServiceUnavailable)
)
async def read_jwks(keys: Keys) -> Response:
    """Publish the keys that access tokens may be signed with (RFC 7517)."""
    await keys.check()
    return Response(keys.jwks, media_type="application/json", headers=_CACHE)


@router.get("/.well-known/oauth-authorization-server", responses=problems(BadRequest))
async def read_server_metadata(settings: Settings, response: Response) -> ServerMetadata:
    """Describe this authorization server (RFC 8414)."""
    response.headers.update(_CACHE)
    grants = ["password", "refresh_token"] if settings.password_grant else ["refresh_token"]
    return ServerMetadata(
        issuer=settings.public_url,
        token_endpoint=f"{settings.public_url}{TOKEN_PATH}",
        revocation_endpoint=f"{settings.public_url}/api/v1/auth/revoke",
        revocation_endpoint_auth_methods_supported=["none"],
        jwks_uri=f"{settings.public_url}{JWKS_PATH}",
        grant_types_supported=grants,
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["none"],
    )
