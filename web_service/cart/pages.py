"""The cart: what is in it, and everything that changes it.

Quantities are said as what they shall be, so that a form that is sent twice does nothing twice.
"""

import secrets
from typing import Final

from starlette.responses import Response

from web_service.cart.contents import Contents, Shown
from web_service.errors import ApiRefused
from web_service.pages.access import SIGNED_IN
from web_service.pages.listing import number_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.pages.row_ids import row_id
from web_service.products.added import Added
from web_service.products.pages import product_page
from web_service.security.next_path import HOME, next_path
from web_service.sessions import service

CART: Final = "/cart/"
API: Final = "/api/v1/cart"
_NOT_FOUND: Final = 404
_UNPROCESSABLE: Final = 422
_OF_THE_FORM: Final = (409, _UNPROCESSABLE)
"""What is said beside the form; anything else has a page of its own."""
_MOST_DIGITS: Final = 6


async def show_cart(page: Page) -> Response:
    """Show what is in the cart, what has changed since, and the way to an order."""
    return await cart_page(page)


async def cart_page(
    page: Page, *, shown: Shown | None = None, status: int = 200, key: str | None = None
) -> Response:
    """Return the page of the cart as it is now; `shown` says what went wrong.

    `key` is the Idempotency-Key of the order that its form places: a new one, if none is given.
    """
    contents = Contents((await page.api.get(API)).data)
    await count(page, contents.pieces)
    return page.render(
        "cart/cart.html",
        status=status,
        cart=contents,
        shown=shown or Shown(),
        key=key or secrets.token_urlsafe(18),
    )


async def add(page: Page) -> Response:
    """Put pieces of a product into the cart, and lead back to where the button was."""
    form = await page.form()
    product_id, quantity = number_in(form.text("product_id")), form.text("quantity", "1")
    if product_id is None:
        return page.redirect(CART)
    _ = page.gettext
    pieces = _pieces(quantity)
    if pieces is None:
        form.add_error("quantity", _("Write a number of pieces, like 2."))
        return await product_page(page, product_id, form=form, status=_UNPROCESSABLE)
    item = {"product_id": product_id, "quantity": pieces}
    try:
        cart = (await page.api.post(f"{API}/items", {"items": [item]})).data
    except ApiRefused as refused:
        if refused.status not in _OF_THE_FORM:
            raise
        form.refuse(refused, names=_names(product_id))
        return await product_page(page, product_id, form=form, status=refused.status)
    contents = Contents(cart)
    await count(page, contents.pieces)
    there = contents.pieces_of(product_id)
    text = page.ngettext("In the cart: %(count)s piece.", "In the cart: %(count)s pieces.", there)
    await Added.note(page, product_id, text % {"count": there})
    wanted = next_path(form.text("next"))
    return page.redirect(f"{CART if wanted == HOME else wanted}#product-{product_id}")


async def change(page: Page) -> Response:
    """Make it so many pieces of a product."""
    product_id = row_id(page, "product_id")
    quantity = (await page.form()).text("quantity")
    pieces = _pieces(quantity)
    if pieces is None:
        shown = Shown(typed={str(product_id): quantity})
        shown.add_error(str(product_id), page.gettext("Write a number of pieces, like 2."))
        return await cart_page(page, shown=shown, status=_UNPROCESSABLE)
    try:
        cart = (await page.api.patch(f"{API}/items/{product_id}", {"quantity": pieces})).data
    except ApiRefused as refused:
        if refused.status not in (*_OF_THE_FORM, _NOT_FOUND):
            raise
        shown = Shown(typed={str(product_id): quantity})
        shown.refuse(refused, str(product_id))
        return await cart_page(page, shown=shown, status=refused.status)
    await count(page, Contents(cart).pieces)
    return page.redirect(f"{CART}#product-{product_id}")


async def remove(page: Page) -> Response:
    """Take a product out of the cart."""
    await page.api.delete(f"{API}/items/{row_id(page, 'product_id')}")
    await page.notice(page.gettext("Taken out of the cart."))
    return page.redirect(CART)


async def ask_before_emptying(page: Page) -> Response:
    """Say what goes when the cart is emptied."""
    contents = Contents((await page.api.get(API)).data)
    return page.render("cart/empty.html", cart=contents) if contents.lines else page.redirect(CART)


async def empty(page: Page) -> Response:
    """Take everything out."""
    await page.api.delete(API)
    await count(page, 0)
    await page.notice(page.gettext("The cart is empty."))
    return page.redirect(CART)


async def lead_to_cart(page: Page) -> Response:
    """Lead who reloads a form's address by hand to the cart."""
    return page.redirect(CART)


async def count(page: Page, pieces: int) -> None:
    """Renew the number beside the cart on every page, if it is another."""
    if page.person.cart_count != pieces:
        await service.count_cart(page.person, pieces)


def _pieces(text: str) -> int | None:
    """Read a quantity; the catalog says how many there may be."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def _names(product_id: int) -> dict[str, str]:
    return {"items.0.quantity": "quantity", f"products.{product_id}": "quantity"}


ROUTES = (
    get(CART, show_cart, SIGNED_IN),
    post("/cart/add/", add, SIGNED_IN),
    get("/cart/add/", lead_to_cart, SIGNED_IN),
    get("/cart/empty/", ask_before_emptying, SIGNED_IN),
    post("/cart/empty/", empty, SIGNED_IN),
    post("/cart/{product_id}/", change, SIGNED_IN),
    get("/cart/{product_id}/", lead_to_cart, SIGNED_IN),
    post("/cart/{product_id}/remove/", remove, SIGNED_IN),
    get("/cart/{product_id}/remove/", lead_to_cart, SIGNED_IN),
)
