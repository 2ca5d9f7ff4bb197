"""Numbers of rows in addresses: nothing else becomes part of a path of the API."""

from web_service.errors import PageNotFound
from web_service.pages.listing import number_in
from web_service.pages.page import Page


def row_id(page: Page, name: str = "id") -> int:
    """Return the number that stands in the address of a page; raises PageNotFound."""
    number = number_in(page.request.path_params[name])
    if number is None:
        raise PageNotFound
    return number
