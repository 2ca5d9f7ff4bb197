"""Messages as pages: the list, the editor, and one as its recipients see it."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.messages import api, previews
from web_service.messages.states import state_texts
from web_service.pages.access import OPEN, SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, number_in
from web_service.pages.page import Page
from web_service.pages.revisions import if_match
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id

PAGES: Final = "/messages/"
_CHANGED_MEANWHILE: Final = "precondition_failed"
_WAITING: Final = frozenset({"pending", "claimed", "sending"})
_NOT_FOUND: Final = 404


async def list_messages(page: Page) -> Response:
    """Show the reader's messages."""
    shown = await Listing.read(page, PAGES, {}).read_from(page, api.MESSAGES)
    if shown.beyond:
        return page.redirect(shown.beyond)
    return page.render("messages/list.html", shown=shown)


async def show_message(page: Page) -> Response:
    """Show one as a recipient gets it, and the test email that was sent."""
    recipient = api.chosen_recipient(page)
    message, email, recipients, test = await asyncio.gather(
        api.read(page),
        api.preview(page, {}, recipient),
        api.offered_recipients(page),
        api.sent_test(page),
    )
    if recipient and recipient not in dict(recipients):
        recipients.append((recipient, str(recipient)))
    return page.render(
        "messages/message.html",
        message=message,
        email=email,
        recipients=recipients,
        form=Form.filled({"recipient": recipient}),
        test=test,
        is_waiting=test is not None and test["state"] in _WAITING,
        states=state_texts(page.gettext),
    )


async def begin_message(page: Page) -> Response:
    """Show an empty editor."""
    return _show_form(page, page.begin_form({"language": page.language}), None)


async def create_message(page: Page) -> Response:
    """Store a new message."""
    _ = page.gettext
    form = await page.form()
    try:
        created = (await page.api.post(api.MESSAGES, api.body_of(form))).data
    except ApiRefused as refused:
        form.refuse(refused, known=api.FIELDS)
        return _show_form(page, form, None, status=refused.status)
    await page.notice(_("Saved. This is how it looks."))
    return page.redirect(f"/message/{created['id']}/")


async def begin_change(page: Page) -> Response:
    """Show the editor with a message."""
    message = await api.read(page)
    form = page.begin_form({name: message[name] for name in (*api.FIELDS, "revision")})
    return _show_form(page, form, message)


async def change_message(page: Page) -> Response:
    """Store the text that was changed, unless it was changed elsewhere meanwhile."""
    _ = page.gettext
    form = await page.form()
    try:
        await page.api.patch(api.path_of(page), api.body_of(form), fields=if_match(form))
    except ApiRefused as refused:
        if refused.status == _NOT_FOUND:
            raise
        message = await api.read(page)
        if refused.error == _CHANGED_MEANWHILE:
            form.summary.append(
                _("The message was changed elsewhere meanwhile. Save again to replace that.")
            )
            form.values["revision"] = [str(message["revision"])]
        else:
            form.refuse(refused, known=api.FIELDS)
        return _show_form(page, form, message, status=refused.status)
    await page.notice(_("Saved. This is how it looks."))
    return page.redirect(_address(page))


async def ask_to_delete(page: Page) -> Response:
    """Say what goes."""
    return page.render("messages/delete.html", message=await api.read(page))


async def delete_message(page: Page) -> Response:
    """Remove a message."""
    _ = page.gettext
    await page.api.delete(api.path_of(page))
    await page.notice(_("The message is deleted."))
    return page.redirect(PAGES)


async def copy_message(page: Page) -> Response:
    """Make a copy, and show it in the editor."""
    _ = page.gettext
    copied = (await page.api.post(f"{api.path_of(page)}/copy")).data
    await page.notice(_("This is a copy."))
    return page.redirect(f"/message/{copied['id']}/update/")


async def send_test(page: Page) -> Response:
    """Send a message to the reader's own address."""
    form = await page.form()
    recipient = number_in(form.text("recipient"))
    asked = {"recipient_id": recipient} if recipient else {}
    try:
        test = (await page.api.post(f"{api.path_of(page)}/test", asked)).data
    except ApiRefused as refused:
        if refused.error == "message_not_found":
            raise
        await page.notice(refused.message, "danger")
        return page.redirect(_address(page))
    return page.redirect(f"{_address(page)}?test={int(test['id'])}")


def _address(page: Page) -> str:
    return f"/message/{row_id(page)}/"


def _show_form(
    page: Page, form: Form, message: dict[str, Any] | None, *, status: int = 200
) -> Response:
    return page.render("messages/form.html", status=status, form=form, message=message)


ROUTES = (
    get(PAGES, list_messages, SIGNED_IN),
    get("/message/create/", begin_message, SIGNED_IN),
    post("/message/create/", create_message, SIGNED_IN),
    post("/message/create/preview/", previews.preview_unsaved, OPEN),
    get("/message/{id}/", show_message, SIGNED_IN),
    get("/message/{id}/preview/", previews.show_preview, OPEN),
    post("/message/{id}/preview/", previews.preview_form, OPEN),
    get("/message/{id}/update/", begin_change, SIGNED_IN),
    post("/message/{id}/update/", change_message, SIGNED_IN),
    get("/message/{id}/delete/", ask_to_delete, SIGNED_IN),
    post("/message/{id}/delete/", delete_message, SIGNED_IN),
    post("/message/{id}/copy/", copy_message, SIGNED_IN),
    post("/message/{id}/test/", send_test, SIGNED_IN),
)
