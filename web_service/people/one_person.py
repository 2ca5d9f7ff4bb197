"""Somebody's page: data for staff; roles, and the ways to everything else, for administrators."""

from typing import Any, Final

from starlette.responses import Response

from shared.access import roles
from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.pages.access import ADMINS
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.people.accounts import (
    address,
    api_path,
    read_person,
    require_one_of,
    role_names,
)

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422


async def show_person(page: Page) -> Response:
    """Show anybody's account to staff; to others there is none."""
    require_one_of(page, roles.STAFF)
    person = await read_person(page)
    return _shown(page, person, page.begin_form({"roles": person["roles"]}))


async def set_roles(page: Page) -> Response:
    """Give exactly the ticked roles, if the person still has those that the page has shown."""
    form = await page.form()
    wanted = {"roles": form.all("roles"), "expected_roles": form.all("seen")}
    try:
        await page.api.put(f"{api_path(page)}/roles", wanted)
    except ApiRefused as refused:
        if refused.status not in {_CONFLICT, _UNPROCESSABLE}:
            raise
        form.refuse(refused)
        return _shown(page, await read_person(page), form, status=refused.status)
    await page.notice(page.gettext("The roles are saved."))
    return page.redirect(address(page))


def _shown(page: Page, person: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    names = role_names(page)
    offered = [*names, *(role for role in person["roles"] if role not in names)]
    return page.render(
        "people/person.html",
        status=status,
        person=person,
        form=form,
        may_block=person["is_active"] and _may_block(page, person),
        role_names=names,
        offered=[(role, names.get(role, role)) for role in offered if role != Role.USER],
    )


def _may_block(page: Page, person: dict[str, Any]) -> bool:
    """Managers close the accounts of customers only; auth decides."""
    is_customer = set(person["roles"]) <= {Role.USER}
    is_oneself = person["id"] == str(page.person.user_id)
    return not is_oneself and (is_customer or Role.ADMIN in page.roles)


ROUTES = (
    get("/users/{user_id:uuid}/roles", show_person, ADMINS),
    post("/users/{user_id:uuid}/roles", set_roles, ADMINS),
)
