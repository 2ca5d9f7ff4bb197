"""Addresses that are never written to, as pages."""

from typing import Any, Final

from starlette.responses import Response

from shared.access.tokens import Role
from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, search_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.suppressions.reasons import reason_texts

SUPPRESSIONS: Final = "/api/v1/suppressions"
PAGES: Final = "/suppressions/"
_UNPROCESSABLE: Final = 422
_NOT_TO_BE_TAKEN_BACK: Final = "suppression_is_the_recipients"


async def list_suppressions(page: Page) -> Response:
    """Show which addresses get no email of the reader's, or of anybody's."""
    return await _show(page, page.begin_form())


async def suppress(page: Page) -> Response:
    """Keep an address from the reader's emails, or from everybody's."""
    _ = page.gettext
    form = await page.form()
    everyone = _for_everyone(page, form.is_checked("everyone"))
    try:
        await page.api.post(SUPPRESSIONS, {"email": form.text("email"), "everyone": everyone})
    except ApiRefused as refused:
        form.refuse(refused, known=("email",))
        return await _show(page, form, status=refused.status)
    await page.notice(_("This address is not written to any more."))
    return page.redirect(_address(everyone=everyone))


async def ask_to_remove(page: Page) -> Response:
    """Say what happens."""
    everyone = _everyone_in_query(page)
    found = await page.api.get(_path(page), {"everyone": everyone or None})
    return _confirm(page, found.data, everyone=everyone)


async def remove_suppression(page: Page) -> Response:
    """Let emails reach an address again."""
    _ = page.gettext
    everyone = _everyone_in_query(page)
    try:
        await page.api.delete(_path(page), query={"everyone": everyone or None})
    except ApiRefused as refused:
        if refused.error != _NOT_TO_BE_TAKEN_BACK:
            raise
        await page.notice(refused.message, "danger")
        return page.redirect(_address(everyone=everyone))
    await page.notice(_("Emails may reach this address again."))
    return page.redirect(_address(everyone=everyone))


async def _show(page: Page, form: Form, *, status: int = 200) -> Response:
    everyone = _everyone_in_query(page)
    listing = _listing(page, everyone=everyone)
    filters, shown = Form.filled(listing.filters), None
    try:
        shown = await listing.read_from(page, SUPPRESSIONS)
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE or "q" not in listing.filters:
            raise
        filters.refuse(refused, names={"email": "q"})
        status = refused.status
    if shown is not None and shown.beyond and not form.is_wrong:
        return page.redirect(shown.beyond)
    return page.render(
        "suppressions/list.html",
        status=status,
        form=form,
        filters=filters,
        shown=shown,
        reasons=reason_texts(page.gettext),
        everyone=everyone,
        is_administrator=_is_administrator(page),
    )


def _listing(page: Page, *, everyone: bool) -> Listing:
    """Return what the address asks for; `q` is a whole email."""
    query = page.request.query_params
    reason = query.get("reason", "")
    chosen = {
        "reason": reason if reason in reason_texts(page.gettext) else "",
        "q": search_in(query.get("q")),
        "everyone": "true" * everyone,
        "full_addresses": "true" * (everyone and query.get("full_addresses") == "true"),
    }
    names = {"q": "email"}
    asked = {names.get(name, name): value for name, value in chosen.items() if value}
    return Listing.read(page, PAGES, chosen, asked=asked)


def _confirm(page: Page, one: dict[str, Any], *, everyone: bool) -> Response:
    reasons = reason_texts(page.gettext)
    address = f"/suppression/{row_id(page)}/delete/{'?everyone=true' if everyone else ''}"
    back = _address(everyone=everyone)
    return page.render(
        "suppressions/delete.html", one=one, reasons=reasons, address=address, back=back
    )


def _is_administrator(page: Page) -> bool:
    return Role.ADMIN.value in page.roles


def _for_everyone(page: Page, wanted: bool) -> bool:  # noqa: FBT001 - of a form
    return wanted and _is_administrator(page)


def _everyone_in_query(page: Page) -> bool:
    return _for_everyone(page, page.request.query_params.get("everyone") == "true")


def _path(page: Page) -> str:
    return f"{SUPPRESSIONS}/{row_id(page)}"


def _address(*, everyone: bool) -> str:
    return f"{PAGES}?everyone=true" if everyone else PAGES


ROUTES = (
    get(PAGES, list_suppressions, SIGNED_IN),
    post(PAGES, suppress, SIGNED_IN),
    get("/suppression/{id}/delete/", ask_to_remove, SIGNED_IN),
    post("/suppression/{id}/delete/", remove_suppression, SIGNED_IN),
)
