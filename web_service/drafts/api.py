"""What the pages of drafts ask of the API."""

from collections.abc import Mapping
from typing import Any, Final

from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.row_ids import row_id

DRAFTS: Final = "/api/v1/drafts"
FIELDS: Final = ("title", "slug", "body", "excerpt", "language", "author")
COVER_ALT: Final = "cover_alt"
"""The text that stands for a cover; the form of an article without one has no field for it."""
SHOWN: Final = ("title", "body", "excerpt")
"""What a preview is made of."""


def path_of(page: Page) -> str:
    """Return the path of the article that the address names."""
    return f"{DRAFTS}/{row_id(page)}"


def address_of(page: Page) -> str:
    """Return the address of its page."""
    return f"/draft/{row_id(page)}/"


def body_of(form: Form) -> dict[str, str]:
    """Return what the API is sent; line breaks of the text stay.

    A form without a field for the text of a cover says nothing of it.
    """
    said = {name: form.raw(name) if name == "body" else form.text(name) for name in FIELDS}
    if COVER_ALT in form.values:
        said[COVER_ALT] = form.text(COVER_ALT)
    return said


def values_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the editor's form begins with."""
    values = {name: draft[name] for name in (*FIELDS, "revision")}
    if draft["cover"]:
        values[COVER_ALT] = draft["cover"]["alt"]
    return values


async def read(page: Page) -> dict[str, Any]:
    """Return the article that the address names."""
    draft: dict[str, Any] = (await page.api.get(path_of(page))).data
    return draft


async def preview(page: Page, changes: dict[str, str]) -> dict[str, Any]:
    """Return the article with `changes` as its readers would see it."""
    shown: dict[str, Any] = (await page.api.post(f"{path_of(page)}/preview", changes)).data
    return shown
