"""Recipients as pages: find them, and each of them."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, number_in, search_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.recipient_lists.choices import list_choices
from web_service.recipients import membership, person_form, transfer_pages
from web_service.suppressions.reasons import reason_texts

RECIPIENTS: Final = "/api/v1/recipients"
LIST: Final = "/recipients/"


async def list_recipients(page: Page) -> Response:
    """Show the recipients that the address asks for."""
    query = page.request.query_params
    filters = {"q": search_in(query.get("q")), "list_id": number_in(query.get("list_id"))}
    listing = Listing.read(page, LIST, filters)
    shown, lists = await asyncio.gather(listing.read_from(page, RECIPIENTS), list_choices(page))
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(
        "recipients/list.html",
        form=Form.filled(listing.filters),
        shown=shown,
        lists=lists,
        names=dict(lists),
        reasons=reason_texts(page.gettext),
    )


async def show_recipient(page: Page) -> Response:
    """Show what is known of one."""
    recipient, lists = await asyncio.gather(_read(page), list_choices(page))
    return page.render(
        "recipients/recipient.html",
        recipient=recipient,
        names=dict(lists),
        reasons=reason_texts(page.gettext),
    )


async def begin_recipient(page: Page) -> Response:
    """Ask for a new recipient, in the list that the address names."""
    chosen = number_in(page.request.query_params.get("list_id"))
    email = search_in(page.request.query_params.get("email"))
    form = page.begin_form({"lists": [chosen] if chosen else [], "email": email})
    return await _show_form(page, form)


async def create_recipient(page: Page) -> Response:
    """Add one."""
    form = await page.form()
    body = _body(page, form)
    if form.is_checked("more") or form.is_wrong:
        return await _show_form(page, form, status=422 if form.is_wrong else 200)
    try:
        created = (await page.api.post(RECIPIENTS, body)).data
    except ApiRefused as refused:
        person_form.refuse(form, refused)
        return await _show_form(page, form, status=refused.status)
    return await _saved(page, created, form)


async def begin_change(page: Page) -> Response:
    """Show one to be changed."""
    recipient = await _read(page)
    form = page.begin_form(person_form.values_of(recipient))
    return await _show_form(page, form, recipient=recipient)


async def change_recipient(page: Page) -> Response:
    """Change one."""
    form = await page.form()
    body = _body(page, form)
    if form.is_checked("more") or form.is_wrong:
        status = 422 if form.is_wrong else 200
        return await _show_form(page, form, recipient=await _read(page), status=status)
    try:
        changed = (await page.api.patch(_path(page), body)).data
    except ApiRefused as refused:
        if not refused.fields and refused.error != "recipient_exists":
            raise
        person_form.refuse(form, refused)
        recipient = await _read(page)
        return await _show_form(page, form, recipient=recipient, status=refused.status)
    return await _saved(page, changed, form)


async def ask_to_delete(page: Page) -> Response:
    """Say what goes."""
    return page.render("recipients/delete.html", recipient=await _read(page))


async def delete_recipient(page: Page) -> Response:
    """Remove one."""
    _ = page.gettext
    await page.api.delete(_path(page))
    await page.notice(_("The recipient is deleted."))
    return page.redirect(LIST)


def _path(page: Page) -> str:
    return f"{RECIPIENTS}/{row_id(page)}"


async def _read(page: Page) -> dict[str, Any]:
    recipient: dict[str, Any] = (await page.api.get(_path(page))).data
    return recipient


def _body(page: Page, form: Form) -> dict[str, object]:
    _ = page.gettext
    return person_form.body_of(
        form,
        needs_name=_("Give this field a name"),
        twice=_("Another field has this name"),
        no_name=_(
            "Small Latin characters, digits and underscores, the first of a to z: 40 at most"
        ),
    )


async def _saved(page: Page, recipient: dict[str, Any], form: Form) -> Response:
    _ = page.gettext
    ticked, offered = (person_form.list_ids_of(form, name) for name in ("lists", "offered"))
    if await membership.change(page, recipient, ticked=ticked, offered=offered):
        await page.notice(_("Saved."))
    else:
        await page.notice(_("Saved, but not all lists could be changed. Look at them."), "warning")
    return page.redirect(f"/recipient/{recipient['id']}/")


async def _show_form(
    page: Page, form: Form, *, recipient: dict[str, Any] | None = None, status: int = 200
) -> Response:
    return page.render(
        "recipients/form.html",
        status=status,
        form=form,
        recipient=recipient,
        rows=person_form.rows_of(form),
        lists=await list_choices(page),
    )


ROUTES = (
    get("/recipients/", list_recipients, SIGNED_IN),
    *transfer_pages.ROUTES,
    get("/recipient/create/", begin_recipient, SIGNED_IN),
    post("/recipient/create/", create_recipient, SIGNED_IN),
    get("/recipient/{id}/", show_recipient, SIGNED_IN),
    get("/recipient/{id}/update/", begin_change, SIGNED_IN),
    post("/recipient/{id}/update/", change_recipient, SIGNED_IN),
    get("/recipient/{id}/delete/", ask_to_delete, SIGNED_IN),
    post("/recipient/{id}/delete/", delete_recipient, SIGNED_IN),
)
