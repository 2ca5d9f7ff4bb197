"""Say what somebody may do with the roles they have, and lead to each page of it."""

from starlette.responses import Response

from shared.access import roles
from web_service.pages.access import OPEN
from web_service.pages.page import Page
from web_service.pages.routes import get


async def show_help(page: Page) -> Response:
    """Show the parts of the shop that are open to the reader, with a sentence for each page."""
    return page.render(
        "help/help.html",
        is_staff=not roles.STAFF.isdisjoint(page.roles),
        is_editor=not roles.BLOG_EDITORS.isdisjoint(page.roles),
        is_admin="admin" in page.roles,
    )


ROUTES = (get("/help", show_help, OPEN),)
