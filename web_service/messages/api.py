"""What the pages of messages ask of the API."""

from typing import Any, Final

from web_service.errors import ApiRefused
from web_service.pages.forms import Form
from web_service.pages.listing import number_in
from web_service.pages.page import Page
from web_service.pages.row_ids import row_id

MESSAGES: Final = "/api/v1/messages"
FIELDS: Final = ("subject", "preheader", "body", "language")
_RECIPIENTS: Final = "/api/v1/recipients"
_OFFERED: Final = 50
"""Recipients for whom a preview is offered."""


def path_of(page: Page) -> str:
    """Return the path of the message that the address names."""
    return f"{MESSAGES}/{row_id(page)}"


def body_of(form: Form) -> dict[str, str]:
    """Return what the API is sent; line breaks of the text stay."""
    return {name: form.raw(name) if name == "body" else form.text(name) for name in FIELDS}


async def read(page: Page) -> dict[str, Any]:
    """Return the message that the address names."""
    message: dict[str, Any] = (await page.api.get(path_of(page))).data
    return message


async def preview_unsaved(page: Page, written: dict[str, str]) -> dict[str, Any]:
    """Return a message that is not stored as its reader would get it."""
    shown: dict[str, Any] = (await page.api.post(f"{MESSAGES}/preview", written)).data
    return shown


async def preview(page: Page, changes: dict[str, str], recipient_id: int | None) -> dict[str, Any]:
    """Return a message with `changes` as one recipient gets it, or as the reader would."""
    asked = {**changes, **({"recipient_id": recipient_id} if recipient_id else {})}
    shown: dict[str, Any] = (await page.api.post(f"{path_of(page)}/preview", asked)).data
    return shown


async def offered_recipients(page: Page) -> list[tuple[int, str]]:
    """Return some recipients to preview for, each with how it is called."""
    found = (await page.api.get(_RECIPIENTS, {"size": _OFFERED})).data["items"]
    return [
        (one["id"], f"{one['full_name']} · {one['email']}" if one["full_name"] else one["email"])
        for one in found
    ]


def chosen_recipient(page: Page) -> int | None:
    """Return for whom the address asks."""
    return number_in(page.request.query_params.get("recipient"))


async def sent_test(page: Page) -> dict[str, Any] | None:
    """Return the test email that the address names, if there is one."""
    test_id = number_in(page.request.query_params.get("test"))
    if test_id is None:
        return None
    try:
        test: dict[str, Any] = (await page.api.get(f"{path_of(page)}/tests/{test_id}")).data
    except ApiRefused:
        return None
    return test
