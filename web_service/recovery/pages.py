"""Ask for a link by email, set a new password by it, or let a new device sign in by it."""

from typing import Final

from starlette.responses import Response

from web_service.email_links import pages as links
from web_service.email_links.link import EmailLink
from web_service.errors import ApiRefused
from web_service.pages.access import OPEN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.registration.password_rules import password_rules
from web_service.signing_in import device
from web_service.signing_in.waiting import show_again

FORGOT: Final = "/api/v1/auth/password/forgot"
RESET: Final = "/api/v1/auth/password/reset"
ASK_FOR_LINK: Final = "/api/v1/auth/sign-in-link"
USE_LINK: Final = "/api/v1/auth/sign-in-link/confirm"
RESET_PAGE: Final = "/users/password-reset/"
DEVICE_PAGE: Final = "/users/login/link/"
RESET_LINK: Final = EmailLink("/reset")
DEVICE_LINK: Final = EmailLink("/sign-in-link")
_PASSWORDS: Final = ("password", "password_confirmation")


async def show_forgotten(page: Page) -> Response:
    """Ask whose password is forgotten."""
    return page.render("recovery/forgotten.html", form=Form())


async def forget(page: Page) -> Response:
    """Have a link sent that sets a new password."""
    return await _ask(page, FORGOT, "recovery/forgotten.html", RESET_PAGE)


async def show_new_device(page: Page) -> Response:
    """Ask who wants to sign in at a new device."""
    return page.render("recovery/new_device.html", form=Form())


async def ask_for_device_link(page: Page) -> Response:
    """Have a link sent that lets this device sign in."""
    return await _ask(page, ASK_FOR_LINK, "recovery/new_device.html", DEVICE_PAGE)


async def show_sent(page: Page) -> Response:
    """Say that an email is on its way, if there is such an account."""
    return page.render("recovery/sent.html")


async def _ask(page: Page, path: str, template: str, address: str) -> Response:
    """The answer is the same whether there is such an account."""
    form = await page.form()
    try:
        await page.api.without_token().post(path, {"login": form.text("login")})
    except ApiRefused as refused:
        form.refuse(refused, known=("login",))
        return show_again(page, template, form, refused)
    return page.redirect(f"{address}sent/")


async def show_reset(page: Page) -> Response:
    """Ask for a new password."""
    values = {"form": Form(), "rules": password_rules(page.gettext)}
    return links.show(page, RESET_LINK, "recovery/reset.html", values)


async def reset(page: Page) -> Response:
    """Set a new password; all sessions of the account end."""
    form = await page.form()
    token = RESET_LINK.token(page)
    if token is None:
        return links.no_link(page, RESET_LINK)
    try:
        new = {name: form.raw(name) for name in _PASSWORDS}
        await page.api.without_token().post(RESET, {"token": token, **new})
    except ApiRefused as refused:
        if not refused.fields:
            return links.refused(page, RESET_LINK, refused)
        form.refuse(refused, known=_PASSWORDS)
        return _reset_again(page, form, refused.status)
    return RESET_LINK.done(page.redirect("/users/login/?said=reset"), page)


def _reset_again(page: Page, form: Form, status: int) -> Response:
    form.drop(*_PASSWORDS)
    rules = password_rules(page.gettext)
    response = page.render("recovery/reset.html", status=status, form=form, rules=rules)
    return RESET_LINK.shown(response)


async def show_device_link(page: Page) -> Response:
    """Ask for the press of a button that lets this device sign in."""
    return links.show(page, DEVICE_LINK, "recovery/device_link.html", {})


async def use_device_link(page: Page) -> Response:
    """Let this device sign in; the password is still asked for."""
    token = DEVICE_LINK.token(page)
    if token is None:
        return links.no_link(page, DEVICE_LINK)
    try:
        given = (await page.api.without_token().post(USE_LINK, {"token": token})).data
    except ApiRefused as refused:
        return links.refused(page, DEVICE_LINK, refused)
    response = DEVICE_LINK.done(page.redirect("/users/login/?said=device"), page)
    device.give(response, given["device_token"], page)
    return response


ROUTES = (
    get(RESET_PAGE, show_forgotten, OPEN),
    post(RESET_PAGE, forget, OPEN),
    get(f"{RESET_PAGE}sent", show_sent, OPEN),
    get(DEVICE_PAGE, show_new_device, OPEN),
    post(DEVICE_PAGE, ask_for_device_link, OPEN),
    get(f"{DEVICE_PAGE}sent", show_sent, OPEN),
    get("/reset", show_reset, OPEN),
    post("/reset", reset, OPEN),
    get("/sign-in-link", show_device_link, OPEN),
    post("/sign-in-link", use_device_link, OPEN),
)
