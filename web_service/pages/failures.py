"""What is shown when a page cannot be made: the same facts as the API's, with the same status."""

from typing import Final

from starlette.responses import Response

from web_service.errors import (
    ApiRefused,
    ApiUnavailable,
    PageFailure,
    SignInFirst,
)
from web_service.pages.page import Page
from web_service.security.next_path import HOME, sign_in_path

TEMPLATE: Final = "failure.html"
_NOT_VERIFIED: Final = "email_not_verified"
"""What the API says to who can mend it: the page leads there."""


def show(failure: PageFailure, page: Page) -> Response:
    """Return the page that says what happened and what to do."""
    if failure.status == SignInFirst.status:
        return _sign_in(page)
    message, retry_after = "", None
    if isinstance(failure, ApiRefused):
        message, retry_after = failure.message, failure.retry_after
    elif isinstance(failure, ApiUnavailable):
        retry_after = failure.retry_after
    response = page.render(
        TEMPLATE,
        status=failure.status,
        status_code=failure.status,
        message=message,
        retry_after=retry_after,
        outcome_unknown=getattr(failure, "outcome_unknown", False),
        not_verified=getattr(failure, "error", None) == _NOT_VERIFIED,
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _sign_in(page: Page) -> Response:
    """Lead to the sign-in page, and from there back; a fragment cannot hold it, so htmx is led."""
    own = page.path if page.request.method in {"GET", "HEAD"} else HOME
    wanted = page.goes_on_at or own
    path = sign_in_path(wanted)
    if page.request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": path})
    return page.redirect(path)
