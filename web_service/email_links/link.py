"""The token of an email's link: out of the address, into a sealed cookie of ten minutes.

The address with the token is answered with a 303 to the bare one, so the token is in no history,
no Referer and no log. Nothing happens before a button is pressed: mail scanners follow links.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from shared import clock
from shared.secret_box import CannotOpen, SecretBox
from web_service.pages.page import Page
from web_service.sessions.cookie import keep

LIFETIME: Final = timedelta(minutes=10)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class EmailLink:
    """A kind of link; `path` is its address, with a slash at the beginning alone."""

    path: str

    def moved(self, page: Page) -> Response | None:
        """Return what leads a link with a token on to the bare address, which keeps it."""
        given = page.request.query_params.getlist("token")
        if not given:
            return None
        response = self._unseen(page.redirect(self.path))
        if len(given) == 1 and _TOKEN.fullmatch(given[0]):
            self._set(response, self._sealed(page, given[0]), page, LIFETIME.total_seconds())
        return response

    def token(self, page: Page) -> str | None:
        """Return the token that this browser has come with in the last ten minutes."""
        value = page.request.cookies.get(self._name(page), "")
        try:
            sealed = base64.urlsafe_b64decode(value + "==")
            ends, _, token = self._box(page).open(sealed, purpose=self.path).decode().partition(" ")
        except (binascii.Error, ValueError, CannotOpen):
            return None
        return token if clock.now().timestamp() < float(ends) else None

    def shown(self, response: Response) -> Response:
        """Keep a page of the link out of every cache."""
        return self._unseen(response)

    def done(self, response: Response, page: Page) -> Response:
        """Have the browser forget the token."""
        self._set(response, "", page, 0)
        return self._unseen(response)

    def _sealed(self, page: Page, token: str) -> str:
        ends = (clock.now() + LIFETIME).timestamp()
        sealed = self._box(page).seal(f"{ends} {token}".encode(), purpose=self.path)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def _set(self, response: Response, value: str, page: Page, seconds: float) -> None:
        name, seconds = self._name(page), int(seconds)
        keep(response, name, value, page.settings, max_age=seconds, path=self.path)

    def _name(self, page: Page) -> str:
        name = f"vitrina-link-{self.path.strip('/')}"
        return f"__Secure-{name}" if page.settings.is_secure else name

    @staticmethod
    def _box(page: Page) -> SecretBox:
        box: SecretBox = page.request.app.state.box
        return box

    @staticmethod
    def _unseen(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response
