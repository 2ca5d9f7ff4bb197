"""Everybody's mailings, those that wait for approval, and the decisions."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import STAFF
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.revisions import if_match
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.sendings.pages import MAILINGS, read_sending, show_list

ALL: Final = "/admin/sendings/"
APPROVALS: Final = "/admin/approvals/"
_CONFLICT: Final = 409
_OUTDATED: Final = 412
_UNPROCESSABLE: Final = 422


async def begin(page: Page) -> Response:
    """Lead staff to what waits for them."""
    return page.redirect(APPROVALS)


async def list_all(page: Page) -> Response:
    """Show everybody's mailings."""
    return await show_list(page, ALL, "moderation/all.html", everyone="true")


async def list_waiting(page: Page) -> Response:
    """Show what waits for a decision."""
    fixed = {"everyone": "true", "status": "awaiting_approval"}
    return await show_list(page, APPROVALS, "moderation/approvals.html", **fixed)


async def approve(page: Page) -> Response:
    """Approve a mailing as the page has shown it."""
    form, mailing_id = await page.form(), row_id(page)
    _ = page.gettext
    try:
        await page.api.post(f"{MAILINGS}/{mailing_id}/approve", fields=if_match(form))
    except ApiRefused as refused:
        if refused.status not in {_CONFLICT, _OUTDATED}:
            raise
        await page.notice(refused.message, "warning")
        return page.redirect(f"/sending/{mailing_id}/")
    await page.notice(_("The mailing is approved."))
    return page.redirect(APPROVALS)


async def ask_to_reject(page: Page) -> Response:
    """Ask why a mailing is rejected."""
    return await _ask(page, "reject", page.begin_form())


async def ask_to_disable(page: Page) -> Response:
    """Ask why a mailing is disabled."""
    return await _ask(page, "disable", page.begin_form())


async def reject(page: Page) -> Response:
    """Reject a mailing with a reason that its owner reads."""
    return await _refuse(page, "reject", page.gettext("The mailing is rejected."))


async def disable(page: Page) -> Response:
    """Disable a mailing for good, with a reason that its owner reads."""
    return await _refuse(page, "disable", page.gettext("The mailing is disabled."))


async def _ask(page: Page, decision: str, form: Form, *, status: int = 200) -> Response:
    mailing = await read_sending(page)
    return page.render(
        "moderation/reason.html", status=status, decision=decision, mailing=mailing, form=form
    )


async def _refuse(page: Page, decision: str, said: str) -> Response:
    form, mailing_id = await page.form(), row_id(page)
    path = f"{MAILINGS}/{mailing_id}/{decision}"
    try:
        await page.api.post(path, {"reason": form.text("reason")})
    except ApiRefused as refused:
        if refused.status not in {_CONFLICT, _UNPROCESSABLE}:
            raise
        form.refuse(refused, known=("reason",))
        return await _ask(page, decision, form, status=refused.status)
    await page.notice(said)
    return page.redirect(f"/sending/{mailing_id}/")


ROUTES = (
    get("/admin", begin, STAFF),
    get("/admin/sendings", list_all, STAFF),
    get("/admin/approvals", list_waiting, STAFF),
    post("/sending/{id}/approve", approve, STAFF),
    get("/sending/{id}/reject", ask_to_reject, STAFF),
    post("/sending/{id}/reject", reject, STAFF),
    get("/sending/{id}/disable", ask_to_disable, STAFF),
    post("/sending/{id}/disable", disable, STAFF),
)
