"""Where one is signed in, and the end of it in one place or in all others."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.people import sessions as people_sessions
from web_service.people.browsers import browser_name
from web_service.profile.own import address, is_own, require_own

SESSIONS: Final = "/api/v1/auth/sessions"
_NOT_FOUND: Final = 404


async def show_sessions(page: Page) -> Response:
    """List the sessions, the one used last first; administrators see those of anybody."""
    if not is_own(page):
        return await people_sessions.show_sessions(page)
    found = (await page.api.get(SESSIONS)).data
    for session in found:
        session["browser"] = browser_name(session["last_user_agent"], page.gettext)
    return page.render("profile/sessions.html", sessions=found, path=address(page, "sessions/"))


async def end_session(page: Page) -> Response:
    """End one session; one that has ended already has."""
    if not is_own(page):
        return await people_sessions.end_session(page)
    try:
        await page.api.delete(f"{SESSIONS}/{page.request.path_params['session_id']}")
    except ApiRefused as refused:
        if refused.status != _NOT_FOUND:
            raise
    await page.notice(page.gettext("The session has ended."))
    return page.redirect(address(page, "sessions/"))


async def end_others(page: Page) -> Response:
    """End all sessions but this one."""
    require_own(page)
    await page.api.delete(SESSIONS)
    await page.notice(page.gettext("All other sessions have ended."))
    return page.redirect(address(page, "sessions/"))


ROUTES = (
    get("/users/{user_id:uuid}/sessions", show_sessions, SIGNED_IN),
    post("/users/{user_id:uuid}/sessions/end-others", end_others, SIGNED_IN),
    post("/users/{user_id:uuid}/sessions/{session_id:uuid}/end", end_session, SIGNED_IN),
)
