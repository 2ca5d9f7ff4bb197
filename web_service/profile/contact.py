"""Another email, which it confirms itself, and another phone."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.profile.own import address, read_own, require_own, show_again

EMAIL: Final = "/api/v1/users/me/email"
PHONE: Final = "/api/v1/users/me/phone"


async def show_email(page: Page) -> Response:
    """Ask for another email."""
    require_own(page)
    person = await read_own(page)
    return page.render("profile/email.html", form=page.begin_form(), present=person["email"])


async def change_email(page: Page) -> Response:
    """Have an email sent to the new address, which is taken once that confirms it."""
    require_own(page)
    form = await page.form()
    body = {"email": form.text("email"), "current_password": form.raw("current_password")}
    try:
        await page.api.post(EMAIL, body)
    except ApiRefused as refused:
        return show_again(page, form, refused, "profile/email.html", {"present": ""})
    _ = page.gettext
    await page.notice(_("We have sent an email to the new address: it is yours once you confirm."))
    return page.redirect("/users/confirm-email/")


async def show_phone(page: Page) -> Response:
    """Ask for another phone."""
    require_own(page)
    person = await read_own(page)
    return page.render("profile/phone.html", form=page.begin_form(), present=person["phone"])


async def change_phone(page: Page) -> Response:
    """Take another phone to sign in with."""
    require_own(page)
    form = await page.form()
    body = {"phone": form.text("phone"), "current_password": form.raw("current_password")}
    try:
        await page.api.post(PHONE, body)
    except ApiRefused as refused:
        return show_again(page, form, refused, "profile/phone.html", {"present": ""})
    await page.notice(page.gettext("Your phone is changed."))
    return page.redirect(address(page))


ROUTES = (
    get("/users/update/{user_id:uuid}/email", show_email, SIGNED_IN),
    post("/users/update/{user_id:uuid}/email", change_email, SIGNED_IN),
    get("/users/update/{user_id:uuid}/phone", show_phone, SIGNED_IN),
    post("/users/update/{user_id:uuid}/phone", change_phone, SIGNED_IN),
)
