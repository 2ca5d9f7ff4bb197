"""One account of anybody, as auth says it and as addresses name it."""

from collections.abc import Iterable
from typing import Any, Final

from shared.access.tokens import Role
from web_service.errors import PageNotFound
from web_service.pages.page import Page

USERS: Final = "/api/v1/users"


async def read_person(page: Page) -> dict[str, Any]:
    """Return the account that the address names."""
    person: dict[str, Any] = (await page.api.get(api_path(page))).data
    return person


def api_path(page: Page) -> str:
    """Return where the API has that account."""
    return f"{USERS}/{page.request.path_params['user_id']}"


def address(page: Page, part: str = "") -> str:
    """Return the address of the person's page, or of a part of it."""
    return f"/users/{page.request.path_params['user_id']}/{part}"


def require_one_of(page: Page, allowed: Iterable[str]) -> None:
    """Raise PageNotFound to who has none of these roles: an address of one's own is there too."""
    if page.roles.isdisjoint(allowed):
        raise PageNotFound


def role_names(page: Page) -> dict[str, str]:
    """Return how roles are called."""
    _ = page.gettext
    return {
        Role.USER: _("Customer"),
        Role.MANAGER: _("Manager"),
        Role.BLOG_MANAGER: _("Blog manager"),
        Role.ADMIN: _("Administrator"),
    }
