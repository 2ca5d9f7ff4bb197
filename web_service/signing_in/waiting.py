"""How long to wait, in words; Retry-After says it exactly."""

from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.forms import Form
from web_service.pages.page import Page

TOO_MANY: Final = 429
_MINUTE: Final = 60


def try_again_in(page: Page, seconds: int) -> str:
    """Return the sentence that says it, in seconds or in whole minutes."""
    ngettext = page.ngettext
    if seconds <= 2 * _MINUTE:
        text = ngettext("Try again in a second.", "Try again in %(num)s seconds.", seconds)
        return text % {"num": seconds}
    minutes = -(-seconds // _MINUTE)
    text = ngettext("Try again in a minute.", "Try again in %(num)s minutes.", minutes)
    return text % {"num": minutes}


def show_again(
    page: Page, template: str, form: Form, refused: ApiRefused, **values: Any
) -> Response:
    """Show a form that the API has refused, with when to try again if it has said so."""
    if refused.retry_after is not None:
        form.summary.append(try_again_in(page, refused.retry_after))
    response = page.render(template, status=refused.status, form=form, **values)
    return with_retry_after(response, refused)


def with_retry_after(response: Response, refused: ApiRefused) -> Response:
    """Say in the response's header fields when to try again, if the API has said so."""
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response
