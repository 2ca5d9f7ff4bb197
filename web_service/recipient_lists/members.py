"""Who stands in a list, and who has an address."""

from typing import Final

from web_service.pages.listing import Listing, ListPage, search_in
from web_service.pages.page import Page

_RECIPIENTS: Final = "/api/v1/recipients"


async def read(page: Page, listing: Listing, list_id: int) -> ListPage:
    """Return one page of those who stand in a list; `listing` is without it."""
    return await listing.read_from(page, _RECIPIENTS, list_id=str(list_id))


async def find(page: Page, email: str) -> int | None:
    """Return the id of the reader's recipient with this address."""
    wanted = search_in(email).lower()
    if not wanted:
        return None
    found = (await page.api.get(_RECIPIENTS, {"q": wanted, "size": 100})).data["items"]
    return next((int(each["id"]) for each in found if each["email"].lower() == wanted), None)
