"""How many pieces of a product are left, as managers count them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.pages.access import STAFF
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import post
from web_service.pages.row_ids import row_id
from web_service.product_admin import product_form
from web_service.products.pages import API

MOST: Final = 2**31 - 1
_NUMBER: Final = re.compile("[0-9]{1,10}")
_NOT_COUNTED: Final = "stock_not_counted"
_OUTDATED: Final = 412
_UNPROCESSABLE: Final = 422


async def read(page: Page) -> int | None:
    """Return how many pieces are left, None where they are not counted."""
    try:
        found = await page.api.get(_path(page))
    except ApiRefused as refused:
        if refused.error != _NOT_COUNTED:
            raise
        return None
    return int(found.data["quantity"])


def form_of(left: int | None) -> Form:
    """Return the form of the count; `seen` says what was there when it was shown."""
    return Form.filled({"quantity": left, "seen": left})


async def count(page: Page) -> Response:
    """Set the count, or stop counting; what was sold meanwhile is said before."""
    form = await page.form()
    typed = form.text("quantity")
    wanted = int(typed) if _NUMBER.fullmatch(typed) else None
    if (wanted is None and typed) or (wanted or 0) > MOST:
        _ = page.gettext
        form.add_error("quantity", _("Write a whole number, or nothing to count no longer."))
        return await _show_again(page, form, _UNPROCESSABLE)
    left = await read(page)
    if form.text("seen") != ("" if left is None else str(left)):
        _say_what_is_left(page, form, left)
        return await _show_again(page, form, _OUTDATED)
    if wanted is None:
        await page.api.delete(_path(page))
    else:
        await page.api.put(_path(page), {"quantity": wanted})
    await page.notice(page.gettext("The stock is saved."))
    return page.redirect(f"/product/{row_id(page)}/update/")


def _say_what_is_left(page: Page, form: Form, left: int | None) -> None:
    _ = page.gettext
    if left is None:
        form.add_error("quantity", _("It is not counted any more. Save again if it is to be."))
    else:
        said = _("Meanwhile it is %(left)s. Save again if your number is right.")
        form.add_error("quantity", said % {"left": left})
    form.values["seen"] = ["" if left is None else str(left)]


async def _show_again(page: Page, counted: Form, status: int) -> Response:
    response = await page.api.get(f"{API}/{row_id(page)}")
    etag = response.headers.get("ETag", "")
    form = Form.filled(product_form.values_of(page, response.data, etag))
    return show(page, response.data, form=form, counted=counted, status=status)


def show(
    page: Page, product: Mapping[str, Any], *, form: Form, counted: Form, status: int = 200
) -> Response:
    """Return the page of a product, with the form of its fields and that of its count."""
    return page.render(
        "product_admin/update.html", status=status, product=product, form=form, counted=counted
    )


def _path(page: Page) -> str:
    return f"{API}/{row_id(page)}/stock"


ROUTES = (post("/product/{id}/stock/", count, STAFF),)
