"""Begin the session of a browser: ask auth, keep its tokens, and end what was there before."""

from contextlib import suppress
from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused, ApiUnavailable, SignInFirst
from web_service.models import BrowserSession
from web_service.pages.page import Page
from web_service.pages.serving import ME
from web_service.sessions import cookie, revoking, service
from web_service.sessions.tokens import Tokens
from web_service.signing_in import device

LOGIN: Final = "/api/v1/auth/login"
LOGOUT: Final = "/api/v1/auth/logout"


async def sign_in(page: Page, login: str, password: str, *, remember: bool, then: str) -> Response:
    """Sign in and lead to `then`; raises what the API says against it.

    The session gets a new id, so that one that somebody has put into this browser is worth
    nothing; the session that this browser had ends at auth too.
    """
    credentials = {"login": login, "password": password}
    token = device.presented(page)
    if token is not None:
        credentials["device_token"] = token
    given = (await page.api.without_token().post(LOGIN, credentials)).data
    tokens = Tokens.given(given)
    box = page.request.app.state.box
    try:
        person = (await page.api.with_token(tokens.access).get(ME)).data
    except (ApiRefused, ApiUnavailable):
        await revoking.revoke_later(tokens.refresh, box)
        raise
    value = await service.begin(tokens, person, box=box, remember=remember)
    if page.session is not None:
        await end(page, page.session)
    response = page.redirect(then)
    cookie.give(response, value, page.settings, remember=remember)
    device.give(response, given["device_token"], page)
    return response


async def end(page: Page, session: BrowserSession) -> bool:
    """End a session at auth and here; tell whether auth has confirmed it yet."""
    is_confirmed = False
    with suppress(ApiUnavailable):
        with suppress(ApiRefused, SignInFirst):  # it is over already
            await page.api.post(LOGOUT)
        is_confirmed = True
    tokens = service.tokens_of(session, page.request.app.state.box)
    if is_confirmed or tokens is None:
        await service.end(session)
    else:
        await revoking.end_and_revoke(session, tokens.refresh, page.request.app.state.box)
    return is_confirmed
