"""The account of the reader: nobody else's id leads to it."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused, PageNotFound
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.serving import ME
from web_service.sessions import service
from web_service.signing_in import waiting

_ABOUT: Final = {
    "wrong_password": "current_password",
    "email_taken": "email",
    "email_unchanged": "email",
    "phone_taken": "phone",
}
"""The field that an error of the API is about."""
PASSWORDS: Final = ("current_password", "password", "password_confirmation")


def is_own(page: Page) -> bool:
    """Tell whether the address names the reader's own account."""
    own: bool = page.request.path_params["user_id"] == page.person.user_id
    return own


def require_own(page: Page) -> None:
    """Raise PageNotFound where the address names another account."""
    if not is_own(page):
        raise PageNotFound


def address(page: Page, part: str = "") -> str:
    """Return the address of the reader's own page, or of a part of it."""
    return f"/users/{page.person.user_id}/{part}"


async def read_own(page: Page) -> dict[str, Any]:
    """Return the account as it is, and renew what the session knows of it."""
    person: dict[str, Any] = (await page.api.get(ME)).data
    session = page.person
    known = (session.full_name, session.language, session.time_zone, session.is_verified)
    now = (
        *(person["full_name"], person["language"], person["time_zone"]),
        person["is_email_verified"],
    )
    if known != now:
        await service.copy_person(session, person)
    return person


def show_again(
    page: Page, form: Form, refused: ApiRefused, template: str, values: Mapping[str, Any]
) -> Response:
    """Show a form that the API has refused, with what it says and without passwords."""
    form.refuse(refused, known=tuple(form.values), about=_ABOUT)
    form.drop(*PASSWORDS)
    return waiting.show_again(page, template, form, refused, **values)
