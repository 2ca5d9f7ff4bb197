"""What the three kinds of links have in common: a page with a button, or why there is none."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.email_links.link import EmailLink
from web_service.errors import ApiRefused
from web_service.pages.page import Page
from web_service.signing_in.waiting import try_again_in, with_retry_after

_NO_LINK: Final = 400


def show(page: Page, link: EmailLink, template: str, values: Mapping[str, Any]) -> Response:
    """Show the page of a link: the token leaves the address first."""
    moved = link.moved(page)
    if moved is not None:
        return moved
    if link.token(page) is None:
        return no_link(page, link)
    return link.shown(page.render(template, **values))


def no_link(page: Page, link: EmailLink) -> Response:
    """Say that the link did not come whole, or came too long ago."""
    return _not_good(page, link, page.gettext("Open the link of the email again."), _NO_LINK)


def refused(page: Page, link: EmailLink, error: ApiRefused) -> Response:
    """Say why auth does not take the token of a link; one that is of no use is forgotten."""
    message = error.message
    if error.retry_after is not None:
        message = f"{message} {try_again_in(page, error.retry_after)}"
        return with_retry_after(_not_good(page, link, message, error.status), error)
    return link.done(_not_good(page, link, message, error.status), page)


def _not_good(page: Page, link: EmailLink, message: str, status: int) -> Response:
    response = page.render(
        "email_links/not_good.html", status=status, message=message, path=link.path
    )
    return link.shown(response)
