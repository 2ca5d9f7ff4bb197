"""Confirm an email by link or by code; have another email sent."""

from typing import Final

from starlette.responses import Response

from web_service.email_links import pages as links
from web_service.email_links.link import EmailLink
from web_service.errors import ApiRefused
from web_service.pages.access import OPEN, SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.signing_in import rights
from web_service.signing_in.waiting import show_again

CONFIRM: Final = "/api/v1/auth/email/confirm"
VERIFY: Final = "/api/v1/auth/email/verify"
RESEND: Final = "/api/v1/auth/email/resend"
PAGE: Final = "/users/confirm-email/"
LINK: Final = EmailLink("/confirm")


async def show_link(page: Page) -> Response:
    """Ask for the press of a button that confirms an email."""
    return links.show(page, LINK, "verification/link.html", {})


async def confirm_by_link(page: Page) -> Response:
    """Confirm the email that the link was sent to."""
    token = LINK.token(page)
    if token is None:
        return links.no_link(page, LINK)
    try:
        await page.api.without_token().post(CONFIRM, {"token": token})
    except ApiRefused as refused:
        return links.refused(page, LINK, refused)
    return LINK.done(await _confirmed(page), page)


async def show_code(page: Page) -> Response:
    """Ask for the code of the email."""
    return page.render("verification/code.html", form=Form())


async def confirm_by_code(page: Page) -> Response:
    """Confirm the email that the code was sent to."""
    form = await page.form()
    code = "".join(form.text("code").split())
    try:
        await page.api.post(VERIFY, {"code": code})
    except ApiRefused as refused:
        return _refused(page, form, refused)
    return await _confirmed(page)


async def resend(page: Page) -> Response:
    """Have another email sent to the address of the account."""
    _ = page.gettext
    try:
        await page.api.post(RESEND)
    except ApiRefused as refused:
        return _refused(page, Form(), refused)
    await page.notice(_("We have sent another email."))
    return page.redirect(PAGE)


async def _confirmed(page: Page) -> Response:
    if page.session is None:
        return page.redirect("/users/login/?said=confirmed")
    response = page.redirect(f"/users/{page.session.user_id}/")
    await page.notice(page.gettext("Your email is confirmed."))
    await rights.renew(page, response)
    return response


def _refused(page: Page, form: Form, refused: ApiRefused) -> Response:
    form.refuse(refused, known=("code",), about={"invalid_or_expired_code": "code"})
    return show_again(page, "verification/code.html", form, refused)


ROUTES = (
    get("/confirm", show_link, OPEN),
    post("/confirm", confirm_by_link, OPEN),
    get(PAGE, show_code, SIGNED_IN),
    post(PAGE, confirm_by_code, SIGNED_IN),
    post(f"{PAGE}resend", resend, SIGNED_IN),
)
