"""Show the terms: those of the shop, or a text to begin with."""

from pathlib import Path
from typing import Final

from starlette.responses import Response

from web_service.pages.access import OPEN
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.terms.markdown import html_of

_TEXTS: Final = Path(__file__).parent / "texts"


async def show_terms(page: Page) -> Response:
    """Show the file that WEB_TERMS names; without one there is a text in each language."""
    file = page.settings.terms or _TEXTS / f"{page.language}.md"
    return page.render("terms/terms.html", terms=html_of(file))


ROUTES = (get("/terms", show_terms, OPEN),)
