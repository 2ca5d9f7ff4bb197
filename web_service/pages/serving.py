"""The way of a page: the form's origin, the session, who may, the feature, and its headers."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.status import HTTP_200_OK, HTTP_401_UNAUTHORIZED

from shared.database.connection import UNAVAILABLE
from shared.database.outage import DATABASE_OUTAGE
from shared.http.middleware import choose_request_id
from shared.telemetry.observability import request_id
from web_service.errors import (
    ApiRefused,
    ApiUnavailable,
    HttpFailure,
    NotAllowed,
    PageFailure,
    SignInFirst,
)
from web_service.gateway_client.api import Api
from web_service.gateway_client.behalf import Behalf
from web_service.gateway_client.client import GatewayClient
from web_service.languages.choice import choose
from web_service.models import BrowserSession
from web_service.pages import failures, kept_forms
from web_service.pages.access import Access
from web_service.pages.keeping import FormKeeper
from web_service.pages.page import Page
from web_service.pages.routes import PageRoute
from web_service.security.headers import PAGE_HEADERS
from web_service.security.same_origin import require_same_origin
from web_service.sessions import cookie, service
from web_service.sessions.cookie import give
from web_service.sessions.refreshing import SessionTokens
from web_service.settings import WebSettings

SECONDS: Final = {"GET": 3.0, "HEAD": 3.0, "POST": 15.0}
"""How long all calls of a page may take together."""
ME: Final = "/api/v1/users/me"
PASSWORD_PAGE: Final = "/users/password-change/"  # noqa: S105 - an address
_ALWAYS_OPEN: Final = frozenset({PASSWORD_PAGE, "/users/logout/"})

logger = logging.getLogger(__name__)


class PageServer:
    """Serves the pages of all features, for the application whose state it stands in."""

    def __init__(self, app: FastAPI) -> None:
        """Take settings, client, box and templates from the application's state."""
        self._app = app
        self._keeper = FormKeeper(app.state.box)

    def add(self, route: PageRoute) -> None:
        """Serve a route, with and without the slash at its end."""
        bare = route.path.rstrip("/")
        endpoint = self._endpoint(route)
        self._keeper.add(route)
        for path in filter(None, (bare, f"{bare}/")):
            self._app.router.add_route(path, endpoint, methods=[route.method])

    def add_failures(self) -> None:
        """Show a page for every path that is nowhere, and for methods that an address lacks."""

        async def show_failure(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
            return await self._serve(request, HttpFailure(error.status_code))

        self._app.add_exception_handler(HTTPException, show_failure)

    def _endpoint(self, route: PageRoute) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request.scope["route"] = route  # its path names it in logs and metrics
            return await self._serve(request, route)

        return endpoint

    async def _serve(self, request: Request, what: PageRoute | PageFailure) -> Response:
        page, what = await self._begun(request, what)
        try:
            response = await self._made(page, what)
        except PageFailure as failure:
            if isinstance(what, PageRoute):
                await self._keeper.keep(page, what, failure)
            response = await self._failed(page, failure)
        except UNAVAILABLE as error:
            DATABASE_OUTAGE.report(error, path=request.url.path)
            response = failures.show(ApiUnavailable("web", outcome_unknown=False), page)
        except Exception:
            logger.exception("unexpected error", extra={"path": request.url.path})
            response = failures.show(PageFailure(), page)
        if page.session is not None and page.session.rights_changed:
            await self._change_cookie(response, page.session)
        return self._finished(response, page)

    async def _begun(
        self, request: Request, what: PageRoute | PageFailure
    ) -> tuple[Page, PageRoute | PageFailure]:
        """Return the page of this browser's session; a failure, where it cannot be read."""
        try:
            return self._page(request, await self._session(request)), what
        except UNAVAILABLE as error:
            DATABASE_OUTAGE.report(error, path=request.url.path)
            failure: PageFailure = ApiUnavailable("web", outcome_unknown=False)
        except Exception:
            logger.exception("unexpected error", extra={"path": request.url.path})
            failure = PageFailure()
        return self._page(request, None), failure

    async def _change_cookie(self, response: Response, session: BrowserSession) -> None:
        """Have the session go by another cookie from here on."""
        value = await service.change_id(session)
        if value is not None:
            settings: WebSettings = self._app.state.settings
            give(response, value, settings, remember=session.is_remembered)

    async def _failed(self, page: Page, failure: PageFailure) -> Response:
        """Show a failure; a session that auth refuses to renew is over here, too."""
        response = failures.show(failure, page)
        if isinstance(failure, SignInFirst) and page.session is not None:
            await service.end(page.session)
            cookie.take_back(response, secure=page.settings.is_secure)
        return response

    async def _made(self, page: Page, what: PageRoute | PageFailure) -> Response:
        if isinstance(what, PageFailure):
            raise what
        require_same_origin(page.request.method, page.request.headers)
        await _check(page, what.access)
        session = page.session
        if session is not None:
            path = page.request.url.path.rstrip("/") + "/"
            if session.must_change_password and path not in _ALWAYS_OPEN:
                return page.redirect(PASSWORD_PAGE)
            if page.request.method == "GET":
                page.notices = await service.take_notices(session)
        await self._keeper.find(page)
        response = await what.make(page)
        await self._keeper.forget(page, response.status_code)
        if session is not None and response.status_code == HTTP_200_OK:
            await _prove_session(page)
        return response

    async def _session(self, request: Request) -> BrowserSession | None:
        settings: WebSettings = self._app.state.settings
        value = cookie.presented(request, secure=settings.is_secure)
        return await service.find(value, rest=settings.session_rest) if value else None

    def _page(self, request: Request, session: BrowserSession | None) -> Page:
        state = self._app.state
        settings: WebSettings = state.settings
        client: GatewayClient = state.gateway
        kept_forms.set_reader(state.box, session.user_id if session else None)
        language = choose(request, session.language if session else None)
        fields = _behalf(request, language).fields(settings.on_behalf_secrets[0].get_secret_value())
        seconds = SECONDS.get(request.method, SECONDS["GET"])
        token = None
        if session is not None:
            tokens = SessionTokens(session, box=state.box, refresher=state.refresher, fields=fields)
            token = tokens.access_token
        api = Api(client, fields=fields, seconds=seconds, token=token)
        return Page(request, settings, session, language, api, state.templates[language], fields)

    def _finished(self, response: Response, page: Page) -> Response:
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store" if page.session else "no-cache")
        response.headers.setdefault("Content-Language", page.language)
        response.headers.add_vary_header("Cookie, Accept-Language")
        return response


async def _check(page: Page, access: Access) -> None:
    """Check who may see a page; a role that was given a moment ago is known after a call or two."""
    try:
        access.check(page.session)
    except NotAllowed:
        person = await _prove_session(page) or {}
        if access.is_open_to(person.get("roles", ())) and not access.is_open_to(page.person.roles):
            # The gateway takes the token of before for two seconds more.
            await service.expire_access(page.person)
            await _ask_who(page)
        access.check(page.session)


async def _prove_session(page: Page) -> dict[str, Any] | None:
    """Make a call with the token unless the page has made one: someone blocked is out by it."""
    return None if page.api.has_shown_token else await _ask_who(page)


async def _ask_who(page: Page) -> dict[str, Any] | None:
    """Return the account as auth has it now; None where it does not say."""
    try:
        person: dict[str, Any] = (await page.api.get(ME)).data
    except ApiUnavailable:
        return None
    except ApiRefused as refused:
        if refused.status == HTTP_401_UNAUTHORIZED:
            raise
        return None
    return person


def _behalf(request: Request, language: str) -> Behalf:
    headers = request.headers
    peer = request.client.host if request.client else "unknown"
    return Behalf(
        address=headers.get("x-forwarded-for", peer),
        scheme=headers.get("x-forwarded-proto", "http"),
        user_agent=headers.get("user-agent", ""),
        language=language,
        request_id=request_id.get() or choose_request_id(request.scope["headers"]),
        traceparent=headers.get("traceparent"),
    )
