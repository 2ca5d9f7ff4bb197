"""Another password; for who was given one it is the only page until it is changed."""

from typing import Final

from starlette.responses import Response

from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.first_steps.pages import PATH as FIRST_STEPS
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.serving import PASSWORD_PAGE
from web_service.profile.own import PASSWORDS, address, read_own, show_again
from web_service.registration.password_rules import password_rules
from web_service.signing_in import rights

CHANGE: Final = "/api/v1/auth/password/change"


async def show_password(page: Page) -> Response:
    """Ask for the present password and a new one."""
    was_required = page.person.must_change_password
    await read_own(page)  # perhaps it was changed, and auth could not say so before
    if was_required and not page.person.must_change_password:
        return page.redirect("/")
    rules = password_rules(page.gettext)
    return page.render("profile/password.html", form=Form(), rules=rules)


async def change_password(page: Page) -> Response:
    """Set a new password; all other sessions end."""
    form = await page.form()
    try:
        await page.api.post(CHANGE, {name: form.raw(name) for name in PASSWORDS})
    except ApiRefused as refused:
        values = {"rules": password_rules(page.gettext)}
        return show_again(page, form, refused, "profile/password.html", values)
    is_first = page.person.must_change_password and Role.ADMIN in page.roles
    response = page.redirect(FIRST_STEPS if is_first else address(page))
    _ = page.gettext
    await page.notice(_("Your password is changed, and all other sessions have ended."))
    await rights.renew(page, response)
    return response


ROUTES = (
    get(PASSWORD_PAGE, show_password, SIGNED_IN),
    post(PASSWORD_PAGE, change_password, SIGNED_IN),
)
