"""Everybody's orders: find them, note that one is paid, and what was sold when."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.orders.pages import API, order_id, refused_page
from web_service.pages.access import STAFF
from web_service.pages.forms import Form
from web_service.pages.listing import address_of
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.sales import plots
from web_service.sales.days import day_in
from web_service.sales.listing import ALL, SalesListing

SUMS: Final = "/orders/sums/"
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422


async def list_all(page: Page) -> Response:
    """Show a part of everybody's orders; everything about it stands in the address."""
    listing = SalesListing.read(page.request.query_params)
    form = Form.filled(listing.filters)
    status, found = 200, None
    try:
        found = (await page.api.get(API, listing.query(page.time_zone))).data
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        status = refused.status
        form.refuse(refused, known=("q",))
    if found and not found["items"] and 1 <= found["pages"] < listing.page:
        return page.redirect(listing.address(found["pages"]))
    return page.render("sales/list.html", status=status, listing=listing, form=form, found=found)


async def pay(page: Page) -> Response:
    """Note that an order is paid; one that is not open any more is shown as it is now."""
    number = order_id(page)
    try:
        await page.api.post(f"{API}/{number}/pay")
    except ApiRefused as refused:
        if refused.status != _CONFLICT:
            raise
        return await refused_page(page, refused)
    await page.notice(page.gettext("The order is marked as paid."))
    return page.redirect(f"/order/{number}/")


async def show_sums(page: Page) -> Response:
    """Show what was sold on some days, and which products brought most."""
    query = page.request.query_params
    first, last = day_in(query.get("from")), day_in(query.get("to"))
    asked = {
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "time_zone": page.time_zone,
    }
    try:
        days, products = await asyncio.gather(
            page.api.get(f"{API}/sums/days", asked), page.api.get(f"{API}/sums/products", asked)
        )
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        form = Form.filled({"from": asked["first_day"], "to": asked["last_day"]})
        form.refuse(refused, names={"first_day": "from", "last_day": "to"})
        return page.render("sales/sums.html", status=refused.status, form=form, days=None)
    return _show_sums(page, days.data, products.data["products"])


def _show_sums(page: Page, days: dict[str, Any], products: list[dict[str, Any]]) -> Response:
    period = {"from": days["first_day"], "to": days["last_day"]}
    return page.render(
        "sales/sums.html",
        form=Form.filled(period),
        days=days,
        products=products,
        summed=plots.Summed.of(days["days"]),
        money_by_day=plots.money_by_day(days["days"], page.settings.currency, page.language),
        orders_by_day=plots.orders_by_day(days["days"], page.language),
        best=plots.best(products, page.settings.currency, page.language),
        orders_address=address_of(ALL, period),
    )


ROUTES = (
    get(ALL, list_all, STAFF),
    get(SUMS, show_sums, STAFF),
    post("/order/{order_id}/pay/", pay, STAFF),
)
