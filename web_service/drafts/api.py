"""What the pages of drafts ask of the API."""

from typing import Any, Final

from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.row_ids import row_id

DRAFTS: Final = "/api/v1/drafts"
FIELDS: Final = ("title", "slug", "body", "excerpt", "language", "author")
SHOWN: Final = ("title", "body", "excerpt")
"""What a preview is made of."""


def path_of(page: Page) -> str:
    """Return the path of the article that the address names."""
    return f"{DRAFTS}/{row_id(page)}"


def address_of(page: Page) -> str:
    """Return the address of its page."""
    return f"/draft/{row_id(page)}/"


def body_of(form: Form) -> dict[str, str]:
    """Return what the API is sent; line breaks of the text stay."""
    return {name: form.raw(name) if name == "body" else form.text(name) for name in FIELDS}


async def read(page: Page) -> dict[str, Any]:
    """Return the article that the address names."""
    draft: dict[str, Any] = (await page.api.get(path_of(page))).data
    return draft


async def preview(page: Page, changes: dict[str, str]) -> dict[str, Any]:
    """Return the article with `changes` as its readers would see it."""
    shown: dict[str, Any] = (await page.api.post(f"{path_of(page)}/preview", changes)).data
    return shown
