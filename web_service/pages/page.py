"""One page for one reader: what a feature's function is given, and makes a response by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shared.language.translation import Language
from web_service.gateway_client.api import Api
from web_service.languages.formats import moment
from web_service.languages.translations import translations
from web_service.models import BrowserSession
from web_service.pages.bodies import Upload, read_form
from web_service.pages.forms import Form
from web_service.pages.kept_forms import Kept
from web_service.pages.places import place_of
from web_service.sessions import service
from web_service.settings import WebSettings

DEFAULT_TIME_ZONE = "UTC"


@dataclass(slots=True)
class Page:
    """The request, who makes it, and the API as that person may use it."""

    request: Request
    settings: WebSettings
    session: BrowserSession | None
    language: Language
    api: Api
    templates: Environment
    behalf: Mapping[str, str] = field(default_factory=dict)
    """The fields that say to the gateway for whom this page asks."""
    notices: list[list[str]] = field(default_factory=list)
    sent: Form | None = None
    """The form that was sent, once it is read."""
    kept: Kept | None = None
    """What was typed here before the session ended; `begin_form` shows it."""
    goes_on_at: str | None = None
    """Where to go after signing in, if not to this page or home."""

    @property
    def person(self) -> BrowserSession:
        """The session of a page that is for signed-in people alone."""
        assert self.session is not None  # noqa: S101 - access has been checked
        return self.session

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the reader; none where nobody is signed in."""
        return frozenset(self.session.roles) if self.session else frozenset()

    @property
    def path(self) -> str:
        """The address of this page, with its query."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    @property
    def place(self) -> str:
        """The address in the menus that this page stands below; nothing where it is in none."""
        return place_of(self.request.url.path, self.session.user_id if self.session else None)

    @property
    def time_zone(self) -> str:
        """Where the reader's clock stands."""
        return self.session.time_zone if self.session else DEFAULT_TIME_ZONE

    @property
    def gettext(self) -> Callable[[str], str]:
        """What gives a text in the reader's language; call it `_`, and Babel finds the texts."""
        return translations(self.language).gettext

    @property
    def ngettext(self) -> Callable[[str, str, int], str]:
        """Likewise for a number of things: of one, of several, how many."""
        return translations(self.language).ngettext

    def moment(self, instant: datetime | str | None) -> str:
        """Write an instant in the reader's zone; nothing for None."""
        return "" if instant is None else moment(instant, self.time_zone, self.language)

    async def form(self) -> Form:
        """Read the form that was sent; raises MalformedForm and FormTooLarge."""
        if self.sent is None:
            self.sent = await read_form(self.request)
        return self.sent

    async def upload(self, name: str, *, most: int) -> Upload:
        """Read a form up to its file `name` of at most `most` bytes, for a route by `upload()`."""
        return await Upload.begun(self.request, name, most=most)

    def begin_form(self, values: Mapping[str, object] | None = None) -> Form:
        """Return the form as its page begins: of `values`, or of what was typed before.

        The latter where the session had ended by the time that the form was sent.
        """
        if self.kept is None:
            return Form.filled(values or {})
        if not self.kept.is_shown:
            _ = self.gettext
            said = _("You had been signed out. What you typed is here again, and not saved yet.")
            self.notices.append(["warning", said])
            self.kept.is_shown = True
        return self.kept.form

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return the page that a template makes of `values` and of `page`, this object."""
        text = self.templates.get_template(template).render(page=self, **values)
        return HTMLResponse(text, status)

    def redirect(self, path: str) -> Response:
        """Lead to another page of ours, to be read by GET."""
        return RedirectResponse(path, status_code=303)

    async def notice(self, text: str, level: str = "success") -> None:
        """Have the next page of this person say something once."""
        if self.session is not None:
            await service.add_notice(self.session, level, text)
