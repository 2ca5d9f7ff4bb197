"""An article in a frame: what people wrote, cleaned as for its readers, and nothing it can do."""

from starlette.responses import Response

from web_service.articles.bodies import shown_body
from web_service.drafts import api
from web_service.pages.access import BLOG_EDITORS
from web_service.pages.forms import Form
from web_service.pages.frames import framed
from web_service.pages.page import Page


async def show_preview(page: Page) -> Response:
    """Show an article as it is stored."""
    return await _framed(page, {})


async def preview_form(page: Page) -> Response:
    """Show what stands in the form, which is not stored by that."""
    form = Form() if page.session is None else await page.form()
    typed = api.body_of(form)
    return await _framed(page, {name: typed[name] for name in api.SHOWN if name in form.values})


async def _framed(page: Page, changes: dict[str, str]) -> Response:
    async def article() -> Response:
        shown = await api.preview(page, changes)
        body = shown_body(shown["html"], page.settings.public_url)
        return page.render("drafts/preview.html", shown=shown, body=body)

    return await framed(page, BLOG_EDITORS, article)
