"""The end of somebody's account, for administrators: a page that says what goes."""

from typing import Any, Final

from starlette.responses import Response

from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.people.accounts import api_path, read_person, require_one_of
from web_service.people.listing import LIST

_CONFLICT: Final = 409


async def show_deletion(page: Page) -> Response:
    """Say whose account goes, and what with it."""
    require_one_of(page, {Role.ADMIN})
    return _shown(page, await read_person(page), Form())


async def delete_person(page: Page) -> Response:
    """Delete an account for good."""
    require_one_of(page, {Role.ADMIN})
    form = Form()
    try:
        await page.api.delete(api_path(page))
    except ApiRefused as refused:
        if refused.status != _CONFLICT:
            raise
        form.refuse(refused)
        return _shown(page, await read_person(page), form, status=refused.status)
    await page.notice(page.gettext("The account is deleted."))
    return page.redirect(LIST)


def _shown(page: Page, person: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    return page.render("people/delete.html", status=status, person=person, form=form)
