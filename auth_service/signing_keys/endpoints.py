"""The signing keys over HTTP, for administrators."""

from fastapi import APIRouter, Response

from auth_service.dependencies import KeyStoreHere, Settings
from auth_service.permissions import Administrator
from auth_service.signing_keys import service
from auth_service.signing_keys.schemas import SigningKeysRead
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/signing-keys", tags=["signing keys"], responses=problems(*ALLOWED)
)


@router.get("")
async def list_signing_keys(
    _administrator: Administrator, settings: Settings, store: KeyStoreHere, response: Response
) -> SigningKeysRead:
    """List the keys that access tokens are signed with, and how old each is.

    They change by themselves, and by `vitrina auth keys rotate` on the server.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service.read_keys(store, rotation_interval=settings.key_rotation_interval)
