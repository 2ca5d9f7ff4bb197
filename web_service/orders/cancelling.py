"""Cancelling an order: one's own, or with a reason, as the shop's staff."""

from typing import Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.orders.listing import STATUSES
from web_service.orders.pages import (
    API,
    Order,
    is_staff,
    may_cancel,
    order_id,
    read_order,
    refused_page,
    said_of,
)
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get, post

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_CANCELLED: Final = "cancelled"


async def ask(page: Page) -> Response:
    """Say what it means to cancel an order, and ask the staff why."""
    order = await read_order(page)
    if not may_cancel(page, order):
        return page.redirect(f"/order/{order_id(page)}/")
    return _show(page, order, page.begin_form())


async def cancel(page: Page) -> Response:
    """Cancel an order; one that is cancelled already stays so."""
    number = order_id(page)
    form = await page.form() if is_staff(page) else Form()
    body = _body(page, form)
    if form.is_wrong:
        return _show(page, await read_order(page), form, status=_UNPROCESSABLE)
    try:
        await page.api.post(f"{API}/{number}/cancel", body)
    except ApiRefused as refused:
        if refused.status not in {_CONFLICT, _UNPROCESSABLE}:
            raise
        return await _refused(page, form, refused)
    await page.notice(page.gettext("The order is cancelled."))
    return page.redirect(f"/order/{number}/")


def _body(page: Page, form: Form) -> dict[str, str] | None:
    """Return what the catalog is given; of an order of one's own, nothing."""
    if "reason" not in form.values:
        return None
    if not form.text("reason"):
        form.add_error("reason", page.gettext("Say why: the buyer is shown it."))
    seen = form.text("expected_status")
    return {
        "reason": form.text("reason"),
        **({"expected_status": seen} if seen in STATUSES else {}),
    }


async def _refused(page: Page, form: Form, refused: ApiRefused) -> Response:
    """Show what the order is now; the reason stays, where it may still be cancelled."""
    order = await read_order(page)
    if order["status"] == _CANCELLED and "reason" not in form.values:
        return page.redirect(f"/order/{order_id(page)}/")  # by another tab
    if not may_cancel(page, order):
        return await refused_page(page, refused)
    if refused.status == _CONFLICT:
        form.summary.extend(said_of(refused))
    else:
        form.refuse(refused, known=("reason",))
    return _show(page, order, form, status=refused.status)


def _show(page: Page, order: Order, form: Form, *, status: int = 200) -> Response:
    is_own = order["user_id"] == str(page.person.user_id)
    return page.render(
        "orders/cancel.html",
        status=status,
        order=order,
        form=form,
        gives_reason=is_staff(page) and not is_own,
    )


ROUTES = (
    get("/order/{order_id}/cancel/", ask, SIGNED_IN),
    post("/order/{order_id}/cancel/", cancel, SIGNED_IN),
)
