"""Put a recipient into the lists that are ticked, and take it out of those that are not."""

from collections.abc import Mapping, Set
from typing import Any

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.pages.page import Page
from web_service.recipient_lists.choices import LISTS


async def change(
    page: Page, recipient: Mapping[str, Any], *, ticked: Set[int], offered: Set[int]
) -> bool:
    """Change the lists that were `offered`, or are ticked; return whether all of that was done."""
    stands_in = set(recipient["list_ids"])
    try:
        for list_id in sorted(ticked - stands_in):
            await page.api.put(f"{LISTS}/{list_id}/recipients/{recipient['id']}")
        for list_id in sorted((stands_in & offered) - ticked):
            await page.api.delete(f"{LISTS}/{list_id}/recipients/{recipient['id']}")
    except (ApiRefused, ApiUnavailable):
        return False
    return True
