"""The feed of accounts, for the other services alone."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from auth_service.account_feed.schemas import FeedPage
from auth_service.account_feed.service import read_page
from auth_service.permissions import OtherService

router = APIRouter(prefix="/internal", include_in_schema=False)

MAX_CURSOR = 200


@router.get("/accounts")
async def read_accounts(
    _caller: OtherService,
    response: Response,
    after: Annotated[str, Query(max_length=MAX_CURSOR)] = "",
) -> FeedPage:
    """Return accounts that changed after a cursor, or all of them, a page at a time."""
    response.headers["Cache-Control"] = "no-store"
    return await read_page(after)
