"""Whom a filter names: by email, phone or name as people write them, or by id as links have it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from web_service.errors import ApiRefused
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.people.accounts import USERS

_NOT_FOUND: Final = 404
_UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a filter means: the id, and what its field shows."""

    id: str
    shown: str


async def named(page: Page, form: Form, field: str) -> Named | None:
    """Return who is named in a field; None, with an error there unless it is empty."""
    text = form.text(field)
    if not text:
        return None
    known = _as_id(text)
    if known is not None:
        return Named(known, await _email_of(page, known) or known)
    found = await _found(page, text)
    if found is not None and len(found["items"]) == 1:
        [person] = found["items"]
        return Named(person["id"], person["email"])
    _ = page.gettext
    form.add_error(
        field,
        _("Several people are found: write the whole email or phone.")
        if found and found["items"]
        else _("Nobody is found by this."),
    )
    return None


def _as_id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


async def _email_of(page: Page, user_id: str) -> str | None:
    """Return the email of an account; None of one that is deleted."""
    try:
        email: str = (await page.api.get(f"{USERS}/{user_id}")).data["email"]
    except ApiRefused as refused:
        if refused.status != _NOT_FOUND:
            raise
        return None
    return email


async def _found(page: Page, text: str) -> dict[str, list[dict[str, str]]] | None:
    try:
        found: dict[str, list[dict[str, str]]] = (
            await page.api.get(USERS, {"q": text, "size": 2})
        ).data
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        return None
    return found
