"""The lists that a form offers to choose from."""

from typing import Final

from web_service.pages.page import Page

LISTS: Final = "/api/v1/recipient-lists"
MOST: Final = 100

ListChoice = tuple[int, str]
"""A list's id and its name."""


async def list_choices(page: Page) -> list[ListChoice]:
    """Return the newest lists of the reader, ordered by their names."""
    lists = (await page.api.get(LISTS, {"size": MOST})).data["items"]
    return sorted(((each["id"], each["name"]) for each in lists), key=lambda it: it[1].casefold())
