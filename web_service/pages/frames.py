"""A preview in a frame: what people wrote, or in its place why it cannot be shown.

No other page of ours may stand in a frame, so a failure is shown there too.
"""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from web_service.errors import ApiRefused, ApiUnavailable, PageFailure, SignInFirst
from web_service.pages.access import Access
from web_service.pages.page import Page
from web_service.security.headers import PREVIEW_POLICY


async def framed(page: Page, access: Access, make: Callable[[], Awaitable[Response]]) -> Response:
    """Return what `make` shows to those whom `access` lets in; raises NotAllowed."""
    _ = page.gettext
    try:
        access.check(page.session)
        return _for_frame(await make())
    except ApiRefused as refused:
        said = [problem.message for problem in refused.fields] or [refused.message]
        failure: PageFailure = refused
    except ApiUnavailable as away:
        said, failure = [_("This does not work at the moment")], away
    except SignInFirst as over:
        said, failure = [_("You are signed out. Save, and sign in again.")], over
    return _for_frame(page.render("no_preview.html", status=failure.status, said=said))


def _for_frame(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
