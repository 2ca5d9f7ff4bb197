"""The application that shows every part, in either language, for anyone or for somebody."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from shared.language.translation import Language
from web_service.languages.choice import known
from web_service.models import BrowserSession
from web_service.pages import kept_forms
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.rendering.environment import environments
from web_service.security.headers import PAGE_HEADERS, PREVIEW_POLICY
from web_service.settings import WebSettings
from web_service.static_files import read_files, static_routes

TEMPLATES = Path(__file__).parent / "templates"
COLOR = "#0f5c56"


def create_app(color: str = COLOR) -> Starlette:
    """Build it, for a shop of this colour."""
    files = read_files(color=color)
    made = environments(
        currency="RUB", asset=files.asset, logo=files.logo(), owner_mark=kept_forms.owner_mark
    )
    for environment in made.values():
        assert environment.loader is not None
        environment.loader = ChoiceLoader([environment.loader, FileSystemLoader(TEMPLATES)])

    async def show(request: Request) -> Response:
        page = page_of(request, made)
        text = page.templates.get_template(f"{request.path_params['name']}.html")
        headers = dict(PAGE_HEADERS)
        return HTMLResponse(text.render(page=page, form=wrong_form()), headers=headers)

    app = Starlette(
        routes=[
            *static_routes(files, public_url="http://localhost:8000"),
            Route("/slow", slow, methods=["POST"]),
            Route("/preview", preview, methods=["POST"]),
        ]
    )
    app.routes.append(Route("/{name:path}", show))
    app.state.received = 0
    app.state.finish = asyncio.Event()
    return app


async def slow(request: Request) -> Response:
    """Take a form, and answer once the test lets it."""
    state = request.app.state
    state.received += 1
    await state.finish.wait()
    return RedirectResponse("/no-list", 303)


async def preview(request: Request) -> Response:
    """Show what was written, as a frame does."""
    async with request.form() as form:
        text = escape(str(form["body"]))
    return HTMLResponse(f"<p>{text}</p>", headers={"Content-Security-Policy": PREVIEW_POLICY})


def page_of(request: Request, made: Mapping[str, Environment]) -> Page:
    """Return a page of the language and the person that the query names."""
    query = request.query_params
    language: Language = known(query.get("language")) or "en"
    session = somebody(query["roles"].split(",")) if "roles" in query else None
    settings = WebSettings.model_construct(shop_name="Лавка у моста", color=COLOR)
    api: Any = None
    page = Page(request, settings, session, language, api, made[language])
    page.notices = [["success", page.gettext("The profile is saved.")]] if session else []
    return page


def somebody(roles: list[str]) -> BrowserSession:
    """Return the session of a person with these roles."""
    return BrowserSession(
        id_hash="0" * 64,
        user_id=UUID(int=7),
        full_name="Анна Петрова",
        roles=roles,
        cart_count=3,
        is_verified=True,
        language="en",
        time_zone="Europe/Moscow",
        access_expires_at=datetime.max.replace(tzinfo=UTC),
    )


def wrong_form() -> Form:
    """Return a form in which some fields are not right."""
    form = Form.filled({"full_name": "Анна", "email": "anna@", "text": "# Hello", "when": None})
    form.add_error("email", "Must be an address, like name@example.com")
    form.add_error("password", "Must have 8 to 128 characters")
    form.add_error("channel", "Choose one")
    form.add_error("agreed", "Must be accepted")
    return form
