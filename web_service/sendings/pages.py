"""Mailings as pages: the list, one of them, and the form."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.gateway_client.idempotency import post_once
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing
from web_service.pages.page import Page
from web_service.pages.revisions import if_match
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.security.headers import PREVIEW_POLICY
from web_service.sendings import actions, sending_form, words

MAILINGS: Final = "/api/v1/mailings"
LIST: Final = "/sendings/"
_UNPROCESSABLE: Final = 422


async def list_sendings(page: Page) -> Response:
    """Show the reader's own mailings."""
    return await show_list(page, LIST, "sendings/list.html")


async def show_list(page: Page, path: str, template: str, **fixed: str) -> Response:
    """Show mailings that the address asks for, and that `fixed` parameters of the API allow."""
    _ = page.gettext
    query = page.request.query_params
    statuses, purposes = words.statuses(_), words.purposes(_)
    filters = {
        "status": _one_of(query.get("status"), statuses),
        "purpose": _one_of(query.get("purpose"), purposes),
    }
    listing = Listing.read(page, path, filters)
    shown = await listing.read_from(page, MAILINGS, **fixed)
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(
        template,
        form=Form.filled(listing.filters),
        shown=shown,
        statuses=statuses,
        purposes=purposes,
        repeats=words.repeats(_),
        tones=words.STATUS_TONES,
    )


async def show_sending(page: Page) -> Response:
    """Show one mailing, what is known of its emails, and what may be done with it."""
    mailing = await read_sending(page)
    is_own = mailing["owner_id"] == str(page.person.user_id)
    _ = page.gettext
    return page.render(
        "sendings/sending.html",
        mailing=mailing,
        is_own=is_own,
        possible=actions.possible(mailing, is_own=is_own),
        is_moving=mailing["status"] in actions.MOVING,
        sent=mailing["counts"].get("sent", 0),
        emails=sum(mailing["counts"].values()),
        retried=mailing["counts"].get("failed", 0) + mailing["counts"].get("uncertain", 0),
        statuses=words.statuses(_),
        reasons=words.status_reasons(_),
        purposes=words.purposes(_),
        repeats=words.repeats(_),
        states=words.states(_),
        suppressions=words.suppressions(_),
        tones=words.STATUS_TONES,
        key=secrets.token_urlsafe(24),
        form=Form(),
    )


async def show_preview(page: Page) -> Response:
    """Show the email that was submitted, in a frame that runs nothing."""
    shown = (await page.api.get(f"{MAILINGS}/{row_id(page)}/preview")).data
    headers = {"Content-Security-Policy": PREVIEW_POLICY}
    return Response(shown["html"], media_type="text/html", headers=headers)


async def begin_sending(page: Page) -> Response:
    """Ask for a new mailing."""
    return await _show_form(page, page.begin_form(sending_form.empty_values(page)))


async def create_sending(page: Page) -> Response:
    """Write a mailing, and submit it unless it is to stay a draft."""
    form = await page.form()
    body = await sending_form.body_of(page, form)
    if form.is_wrong:
        return await _show_form(page, form, status=_UNPROCESSABLE)
    body["draft"] = form.text("then") != "submit"
    try:
        response = await post_once(page.api, MAILINGS, body, key=form.text("key"))
    except ApiRefused as refused:
        sending_form.refuse(form, refused)
        return await _show_form(page, form, status=refused.status)
    _ = page.gettext
    await page.notice(_("The draft is saved.") if body["draft"] else _("The mailing is submitted."))
    return page.redirect(f"/sending/{response.data['id']}/")


async def begin_change(page: Page) -> Response:
    """Show a mailing to be changed."""
    mailing = await read_sending(page)
    form = page.begin_form(sending_form.values_of(mailing))
    form.values.setdefault("lists", [str(one) for one in mailing["list_ids"] or ()])
    form.values.setdefault("recipients", [str(one) for one in mailing["recipient_ids"] or ()])
    return await _show_form(page, form, mailing_id=mailing["id"])


async def change_sending(page: Page) -> Response:
    """Change a mailing, which is a draft after that, and submit it again if that is wanted."""
    mailing_id, form = row_id(page), await page.form()
    body = await sending_form.body_of(page, form)
    if form.is_wrong:
        return await _show_form(page, form, status=_UNPROCESSABLE, mailing_id=mailing_id)
    try:
        await page.api.patch(f"{MAILINGS}/{mailing_id}", body, fields=if_match(form))
    except ApiRefused as refused:
        sending_form.refuse(form, refused)
        return await _show_form(page, form, status=refused.status, mailing_id=mailing_id)
    return await _submitted(page, form, mailing_id)


async def _submitted(page: Page, form: Form, mailing_id: int) -> Response:
    _ = page.gettext
    if form.text("then") == "submit":
        path = f"{MAILINGS}/{mailing_id}/submit"
        try:
            await post_once(page.api, path, key=form.text("key"))
        except ApiRefused as refused:
            saved = _("The changes are saved, but it is not submitted:")
            await page.notice(f"{saved} {refused.message}", "warning")
        else:
            await page.notice(_("The mailing is submitted."))
    else:
        await page.notice(_("The draft is saved."))
    return page.redirect(f"/sending/{mailing_id}/")


async def ask_to_delete(page: Page) -> Response:
    """Say what goes with a mailing."""
    mailing = await read_sending(page)
    return page.render("sendings/delete.html", mailing=mailing)


async def delete_sending(page: Page) -> Response:
    """Delete a mailing."""
    await page.api.delete(f"{MAILINGS}/{row_id(page)}")
    await page.notice(page.gettext("The mailing is deleted."))
    return page.redirect(LIST)


async def read_sending(page: Page) -> Mapping[str, Any]:
    """Return the mailing that the address names."""
    mailing: Mapping[str, Any] = (await page.api.get(f"{MAILINGS}/{row_id(page)}")).data
    return mailing


async def _show_form(
    page: Page, form: Form, *, status: int = 200, mailing_id: int | None = None
) -> Response:
    _ = page.gettext
    offered = await sending_form.choices(page)
    form.values.setdefault("key", [secrets.token_urlsafe(24)])
    return page.render(
        "sendings/form.html",
        status=status,
        form=form,
        mailing_id=mailing_id,
        messages=offered.messages,
        lists=offered.lists,
        purposes=list(words.purposes(_).items()),
        repeats=list(words.repeats(_).items()),
    )


def _one_of(value: str | None, known: Mapping[str, str]) -> str | None:
    return value if value in known else None


ROUTES = (
    get("/sendings", list_sendings, SIGNED_IN),
    get("/sending/create", begin_sending, SIGNED_IN),
    post("/sending/create", create_sending, SIGNED_IN),
    get("/sending/{id}", show_sending, SIGNED_IN),
    get("/sending/{id}/preview", show_preview, SIGNED_IN),
    get("/sending/{id}/update", begin_change, SIGNED_IN),
    post("/sending/{id}/update", change_sending, SIGNED_IN),
    get("/sending/{id}/delete", ask_to_delete, SIGNED_IN),
    post("/sending/{id}/delete", delete_sending, SIGNED_IN),
)
