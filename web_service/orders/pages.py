"""Placing an order out of the cart, one's orders, and one of them."""

import re
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from web_service.cart.contents import Shown
from web_service.cart.pages import CART, cart_page, count
from web_service.errors import ApiRefused, ApiUnavailable, PageNotFound
from web_service.gateway_client.idempotency import post_once
from web_service.languages.formats import money
from web_service.orders.listing import ORDERS, OrderListing
from web_service.pages.access import SIGNED_IN, STAFF
from web_service.pages.page import Page
from web_service.pages.routes import get, post

API: Final = "/api/v1/orders"
_KEY: Final = re.compile("[A-Za-z0-9_-]{16,64}")
_TOTAL: Final = re.compile("[0-9]{1,16}")
_MAX_TOTAL: Final = 2**53 - 1
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_KEY_USED: Final = "idempotency_key_reused"

Order = dict[str, Any]
"""An order, as the catalog says it."""


async def check_out(page: Page) -> Response:
    """Order what is in the cart: once for each form, however often that is sent."""
    form = await page.form()
    key, total = form.text("key"), form.text("expected_total")
    if not (_KEY.fullmatch(key) and _TOTAL.fullmatch(total) and int(total) <= _MAX_TOTAL):
        return page.redirect(CART)
    try:
        order = (await post_once(page.api, API, {"expected_total": int(total)}, key=key)).data
    except ApiUnavailable as unavailable:
        return _not_known(page, unavailable, key=key, total=total)
    except ApiRefused as refused:
        if refused.status not in (_CONFLICT, _UNPROCESSABLE):
            raise
        return await _refused(page, refused, key=key, total=int(total))
    await count(page, 0)
    await page.notice(page.gettext("Thank you! Your order is placed."))
    return page.redirect(_address(order))


async def _refused(page: Page, refused: ApiRefused, *, key: str, total: int) -> Response:
    """Show the cart again with what is wrong; nothing has been ordered under this key."""
    _ = page.gettext
    shown = Shown()
    if refused.error == "total_changed":
        was = money(total, page.settings.currency, page.language)
        text = _("The total is no longer %(total)s: look at the prices, then order again.")
        shown.summary.append(text % {"total": was})
    elif refused.error in {"cart_empty", _KEY_USED}:
        return await _ordered_elsewhere(page, total)
    else:
        shown.refuse(refused)
    return await cart_page(page, shown=shown, status=refused.status, key=key)


async def _ordered_elsewhere(page: Page, total: int) -> Response:
    """Lead to what another tab has ordered out of the same cart, or to the cart."""
    newest = (await page.api.get(API, {"size": 1})).data["items"]
    if newest and newest[0]["total"] == total:
        await page.notice(page.gettext("This was ordered already."), level="info")
        return page.redirect(_address(newest[0]))
    await page.notice(page.gettext("Nothing was ordered: the cart is another now."), "warning")
    return page.redirect(CART)


def _not_known(page: Page, failed: ApiUnavailable, *, key: str, total: str) -> Response:
    response = page.render(
        "orders/not_known.html",
        status=failed.status,
        outcome_unknown=failed.outcome_unknown,
        key=key,
        total=total,
    )
    response.headers["Retry-After"] = str(failed.retry_after)
    return response


async def list_orders(page: Page) -> Response:
    """Show one's orders, the newest first."""
    listing = OrderListing.read(page.request.query_params)
    found = (await page.api.get(API, listing.query())).data
    return page.render("orders/list.html", listing=listing, found=found)


async def show_order(page: Page) -> Response:
    """Show an order, as it was placed."""
    return _order_page(page, await read_order(page))


async def show_paper(page: Page) -> Response:
    """Show an order as it is printed."""
    return page.render("orders/paper.html", order=await read_order(page))


async def refused_page(page: Page, refused: ApiRefused) -> Response:
    """Show an order as it is now, with why it could not be moved along."""
    return _order_page(page, await read_order(page), refused)


def _order_page(page: Page, order: Order, refused: ApiRefused | None = None) -> Response:
    return page.render(
        "orders/order.html",
        status=refused.status if refused else 200,
        order=order,
        refused=said_of(refused) if refused else [],
        is_staff=is_staff(page),
        may_cancel=may_cancel(page, order),
    )


async def read_order(page: Page) -> Order:
    """Return the order that the address names."""
    order: Order = (await page.api.get(f"{API}/{order_id(page)}")).data
    return order


def said_of(refused: ApiRefused) -> list[str]:
    """Return what the API has said of a refusal."""
    return [refused.message, *(problem.message for problem in refused.fields)]


def is_staff(page: Page) -> bool:
    """Tell whether the reader sees everybody's orders."""
    return not page.roles.isdisjoint(STAFF.roles)


def may_cancel(page: Page, order: Order) -> bool:
    """Tell whether the reader may cancel an order; the catalog decides again."""
    return order["status"] == "placed" or (is_staff(page) and order["status"] == "paid")


def order_id(page: Page) -> UUID:
    """Return the number of the order that the address names; raises PageNotFound."""
    try:
        return UUID(page.request.path_params["order_id"])
    except ValueError:
        raise PageNotFound from None


def _address(order: Order) -> str:
    return f"/order/{UUID(order['id'])}/"


async def lead_to_cart(page: Page) -> Response:
    """Lead who reloads the address of the checkout by hand to the cart."""
    return page.redirect(CART)


ROUTES = (
    post("/checkout/", check_out, SIGNED_IN),
    get("/checkout/", lead_to_cart, SIGNED_IN),
    get(ORDERS, list_orders, SIGNED_IN),
    get("/order/{order_id}/", show_order, SIGNED_IN),
    get("/order/{order_id}/print/", show_paper, SIGNED_IN),
)
