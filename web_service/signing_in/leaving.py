"""What a browser forgets when its person leaves: all but the device token and the language."""

from typing import Final

from starlette.responses import Response

from web_service.pages.page import Page
from web_service.sessions import cookie

_FORGOTTEN: Final = '"cache", "storage"'
"""Of Clear-Site-Data, which would take all cookies or none."""


def forget(response: Response, page: Page) -> Response:
    """Have the browser forget its session, and every page that it has kept."""
    cookie.take_back(response, secure=page.settings.is_secure)
    response.headers["Clear-Site-Data"] = _FORGOTTEN
    response.headers["Cache-Control"] = "no-store"
    return response
