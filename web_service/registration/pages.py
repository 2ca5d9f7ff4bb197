"""Register: every rule beside its field, all mistakes together, and signed in afterwards."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.pages.access import OPEN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.registration.password_rules import password_rules
from web_service.signing_in import beginning
from web_service.signing_in.waiting import show_again

REGISTER: Final = "/api/v1/auth/register"
TEMPLATE: Final = "registration/register.html"
PASSWORDS: Final = ("password", "password_confirmation")
FIELDS: Final = ("full_name", "email", "phone", *PASSWORDS)
_TAKEN: Final = {"email_taken": "email", "phone_taken": "phone"}


async def show_registration(page: Page) -> Response:
    """Ask for what a new account needs."""
    return page.render(TEMPLATE, form=Form(), rules=password_rules(page.gettext))


async def register(page: Page) -> Response:
    """Create the account and sign in."""
    form = await page.form()
    try:
        await page.api.without_token().post(REGISTER, {name: _typed(form, name) for name in FIELDS})
    except ApiRefused as refused:
        form.refuse(refused, known=FIELDS, about=_TAKEN)
        form.drop(*PASSWORDS)
        rules = password_rules(page.gettext)
        return show_again(page, TEMPLATE, form, refused, rules=rules)
    return await _signed_in(page, form)


async def _signed_in(page: Page, form: Form) -> Response:
    """Sign in; the account is there also where that does not work now."""
    try:
        return await beginning.sign_in(
            page,
            form.text("email"),
            form.raw("password"),
            remember=False,
            then="/users/registered/",
        )
    except (ApiRefused, ApiUnavailable):
        return page.redirect("/users/login/?said=registered")


def _typed(form: Form, name: str) -> str:
    return form.raw(name) if name.startswith("password") else form.text(name)


async def show_registered(page: Page) -> Response:
    """Say what happens next: the email that confirms the address."""
    if page.session is None:
        return page.redirect("/users/login/")
    return page.render("registration/registered.html")


ROUTES = (
    get("/users/register", show_registration, OPEN),
    post("/users/register", register, OPEN),
    get("/users/registered", show_registered, OPEN),
)
