"""The device token of the last sign-in, in a cookie that outlives sessions.

With it nobody else's guesses are in the way of the next sign-in; it opens nothing by itself.
"""

import re
from typing import Final

from starlette.responses import Response

from web_service.pages.page import Page
from web_service.sessions.cookie import cookie_name, keep

_NAME: Final = "vitrina-device"
_LIFETIME: Final = 180 * 24 * 3600
"""Seconds; for so long auth knows a device that is not used."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,512}")


def presented(page: Page) -> str | None:
    """Return the device token of this browser, if it could be one."""
    token = page.request.cookies.get(_name(page), "")
    return token if _TOKEN.fullmatch(token) else None


def give(response: Response, token: str, page: Page) -> None:
    """Have the browser keep a device token."""
    keep(response, _name(page), token, page.settings, max_age=_LIFETIME)


def _name(page: Page) -> str:
    return cookie_name(secure=page.settings.is_secure, what=_NAME)
