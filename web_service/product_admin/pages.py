"""Products for managers: the list with what is switched off, add one, and change one."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import STAFF
from web_service.pages.forms import Form
from web_service.pages.listing import Listing, search_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.product_admin import product_form, stock
from web_service.products.pages import API

LIST: Final = "/products/manage/"
SORTS: Final = ("name", "-name", "price", "-price", "created_at", "-created_at")
_MOST_WORDS: Final = 100
_MOST_AT_ONCE: Final = 100
_OUTDATED: Final = 412
_UNPROCESSABLE: Final = 422


async def list_products(page: Page) -> Response:
    """Show all products, or those that the address asks for."""
    query = page.request.query_params
    sort = query.get("sort", "")
    filters = {
        "q": search_in(query.get("q"))[:_MOST_WORDS],
        "sort": sort if sort in SORTS else "",
    }
    listing = Listing.read(page, LIST, filters)
    form, status, shown = Form.filled(listing.filters), 200, None
    try:
        shown = await listing.read_from(page, API, include_inactive="true")
    except ApiRefused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        status = refused.status
        form.refuse(refused, known=("q",))
    if shown and shown.beyond:
        return page.redirect(shown.beyond)
    return page.render(
        "product_admin/list.html",
        status=status,
        listing=listing,
        form=form,
        shown=shown,
        here=page.path,
    )


async def switch_ticked(page: Page) -> Response:
    """Switch off or on what is ticked: all of it, or nothing."""
    _ = page.gettext
    form = await page.form()
    chosen = [text for text in form.all("ids") if text.isascii() and text.isdecimal()]
    ids = list(dict.fromkeys(int(text) for text in chosen[:_MOST_AT_ONCE]))
    is_on = form.text("to") == "on"
    if not ids:
        await page.notice(_("Nothing was ticked, and nothing is changed."), "warning")
        return page.redirect(page.path)
    try:
        body = {"reactivate" if is_on else "deactivate": ids}
        done = (await page.api.post(f"{API}/bulk", body)).data
    except ApiRefused as refused:
        if not refused.fields and refused.status != _UNPROCESSABLE:
            raise
        await page.notice(refused.message, "warning")
        return page.redirect(page.path)
    said = _("Switched on: %(count)s.") if is_on else _("Switched off: %(count)s.")
    count = done["reactivated" if is_on else "deactivated"]
    await page.notice(said % {"count": count})
    return page.redirect(page.path)


async def begin_product(page: Page) -> Response:
    """Ask for a new product."""
    return _show_form(page, page.begin_form({"is_active": True}))


async def create_product(page: Page) -> Response:
    """Add one."""
    form = await page.form()
    body = {**product_form.body_of(page, form), "is_active": form.is_checked("is_active")}
    if form.is_wrong:
        return _show_form(page, form, status=_UNPROCESSABLE)
    try:
        created = (await page.api.post(API, body)).data
    except ApiRefused as refused:
        form.refuse(refused, known=product_form.FIELDS, about=product_form.ABOUT)
        return _show_form(page, form, status=refused.status)
    await page.notice(page.gettext("The product is added."))
    return page.redirect(_address(int(created["id"])))


async def begin_change(page: Page) -> Response:
    """Show a product to be changed, and how many pieces are left."""
    (product, etag), left = await asyncio.gather(_read(page), stock.read(page))
    form = page.begin_form(product_form.values_of(page, product, etag))
    return stock.show(page, product, form=form, counted=stock.form_of(left))


async def change_product(page: Page) -> Response:
    """Change a product as it was when its form was shown; else say what is another now."""
    form, number = await page.form(), row_id(page)
    body = product_form.body_of(page, form)
    if form.is_wrong:
        return await _show_again(page, form, _UNPROCESSABLE)
    try:
        await page.api.patch(f"{API}/{number}", body, fields=product_form.if_match(form))
    except ApiRefused as refused:
        return await _show_again(page, form, refused.status, refused)
    await page.notice(page.gettext("Saved."))
    return page.redirect(_address(number))


async def switch(page: Page) -> Response:
    """Take one product out of the shop, or offer it again."""
    form, number = await page.form(), row_id(page)
    _ = page.gettext
    if form.text("to") == "on":
        await page.api.post(f"{API}/{number}/reactivate")
        await page.notice(_("The product is for sale."))
    else:
        await page.api.delete(f"{API}/{number}")
        await page.notice(_("The product is switched off: customers do not see it any more."))
    return page.redirect(_address(number))


async def _show_again(
    page: Page, form: Form, status: int, refused: ApiRefused | None = None
) -> Response:
    """Show the form with what is wrong; raises a refusal that is not about what was typed."""
    if refused and refused.status not in {409, _OUTDATED, _UNPROCESSABLE}:
        raise refused
    (product, etag), left = await asyncio.gather(_read(page), stock.read(page))
    if refused and refused.status == _OUTDATED:
        product_form.say_what_changed(page, form, product, etag)
    elif refused:
        form.refuse(refused, known=product_form.FIELDS, about=product_form.ABOUT)
    return stock.show(page, product, form=form, counted=stock.form_of(left), status=status)


async def _read(page: Page) -> tuple[dict[str, Any], str]:
    """Return the product that the address names, and its ETag."""
    response = await page.api.get(f"{API}/{row_id(page)}")
    return response.data, response.headers.get("ETag", "")


def _show_form(page: Page, form: Form, *, status: int = 200) -> Response:
    return page.render("product_admin/create.html", status=status, form=form)


def _address(number: int) -> str:
    return f"/product/{number}/update/"


ROUTES = (
    get(LIST, list_products, STAFF),
    post(LIST, switch_ticked, STAFF),
    get("/product/create/", begin_product, STAFF),
    post("/product/create/", create_product, STAFF),
    get("/product/{id}/update/", begin_change, STAFF),
    post("/product/{id}/update/", change_product, STAFF),
    post("/product/{id}/switch/", switch, STAFF),
)
