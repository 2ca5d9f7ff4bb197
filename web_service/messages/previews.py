"""An email in a frame: what people wrote, as it is, and nothing that it can do."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import HTMLResponse, Response

from web_service.messages import api
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.frames import framed
from web_service.pages.listing import number_in
from web_service.pages.page import Page

Email = dict[str, Any]


async def show_preview(page: Page) -> Response:
    """Show a message as it is stored, for the recipient that the address names."""
    return await _framed(page, lambda: api.preview(page, {}, api.chosen_recipient(page)))


async def preview_form(page: Page) -> Response:
    """Show what stands in the form, which is not stored by that."""

    async def email() -> Email:
        form = await page.form()
        return await api.preview(page, _written(form), number_in(form.text("recipient")))

    return await _framed(page, email)


async def preview_unsaved(page: Page) -> Response:
    """Show what stands in the form of a message that is not stored yet."""

    async def email() -> Email:
        return await api.preview_unsaved(page, _written(await page.form()))

    return await _framed(page, email)


def _written(form: Form) -> dict[str, str]:
    return {name: text for name, text in api.body_of(form).items() if name in form.values}


async def _framed(page: Page, asked: Callable[[], Awaitable[Email]]) -> Response:
    async def email() -> Response:
        return HTMLResponse((await asked())["html"])

    return await framed(page, SIGNED_IN, email)
