"""Where somebody is signed in, and the end of it, for administrators."""

from typing import Final

from starlette.responses import Response

from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.pages.access import ADMINS
from web_service.pages.page import Page
from web_service.pages.routes import post
from web_service.people.accounts import address, api_path, read_person, require_one_of
from web_service.people.browsers import browser_name

_NO_SUCH_SESSION: Final = "no_such_session"


async def show_sessions(page: Page) -> Response:
    """List the sessions of somebody, the one used last first."""
    require_one_of(page, {Role.ADMIN})
    person = await read_person(page)
    found = (await page.api.get(f"{api_path(page)}/sessions")).data
    for session in found:
        session["browser"] = browser_name(session["last_user_agent"], page.gettext)
    return page.render(
        "people/sessions.html", person=person, sessions=found, path=address(page, "sessions/")
    )


async def end_session(page: Page) -> Response:
    """End one session; one that has ended already has."""
    require_one_of(page, {Role.ADMIN})
    try:
        await page.api.delete(f"{api_path(page)}/sessions/{page.request.path_params['session_id']}")
    except ApiRefused as refused:
        if refused.error != _NO_SUCH_SESSION:
            raise
    await page.notice(page.gettext("The session has ended."))
    return page.redirect(address(page, "sessions/"))


async def end_all(page: Page) -> Response:
    """Sign somebody out everywhere."""
    await page.api.delete(f"{api_path(page)}/sessions")
    await page.notice(page.gettext("All sessions of this person have ended."))
    return page.redirect(address(page, "sessions/"))


ROUTES = (post("/users/{user_id:uuid}/sessions/end-all", end_all, ADMINS),)
