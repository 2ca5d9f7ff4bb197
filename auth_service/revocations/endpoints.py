"""The snapshot of revocations, for the gateway alone."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from auth_service.dependencies import Settings
from auth_service.keys.service import KeyStore
from auth_service.permissions import OtherService
from auth_service.revocations.service import take_snapshot
from shared.http.preconditions import KnownTags

router = APIRouter(prefix="/internal", include_in_schema=False)


@router.get("/revocations")
async def read_revocations(
    _caller: OtherService,
    request: Request,
    settings: Settings,
    members: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """Answer the snapshot, or 304 where the caller has it already (If-None-Match).

    What was added since the first version is in it only if `members` asks for it: gateways refuse
    what they do not know. Names that this version does not know, a newer gateway may ask for.
    """
    store: KeyStore = request.app.state.key_store
    snapshot = await take_snapshot(
        store,
        access_token_lifetime=settings.access_token_lifetime,
        with_lifetime="lifetime" in members,
    )
    headers = {"ETag": snapshot.etag, "Cache-Control": "no-store"}
    if KnownTags(request.headers.getlist("if-none-match")).has(snapshot.etag):
        return Response(status_code=304, headers=headers)
    return Response(snapshot.body, media_type="application/json", headers=headers)
