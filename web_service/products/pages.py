"""The list of products, and one product."""

from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.languages.formats import symbol
from web_service.pages.access import SIGNED_IN
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.pages.routes import get
from web_service.pages.row_ids import row_id
from web_service.products.added import Added
from web_service.products.listing import LIST, SIZES, Listing

API: Final = "/api/v1/products"
_UNPROCESSABLE: Final = 422
_NAMES: Final = {"q": "q", "price_min": "price_from", "price_max": "price_to"}


async def list_products(page: Page) -> Response:
    """Show a part of what is for sale; everything about it stands in the address."""
    listing = Listing.read(page.request.query_params)
    form = listing.form()
    _ = page.gettext
    query = listing.query(
        form, currency=page.settings.currency, wrong_price=_("Write a price like 199.50.")
    )
    found = None
    if not form.is_wrong:
        try:
            found = (await page.api.get(API, query)).data
        except ApiRefused as refused:
            if any(problem.field == "cursor" for problem in refused.fields):
                return page.redirect(listing.address())
            if refused.status != _UNPROCESSABLE:
                raise
            form.refuse(refused, names=_NAMES)
    added = Added.taken(page)
    status = _UNPROCESSABLE if form.is_wrong else 200
    shown: dict[str, Any] = {"listing": listing, "form": form, "found": found, "added": added}
    return page.render(
        "products/list.html",
        status=status,
        sizes=SIZES,
        here=page.path,
        currency_symbol=symbol(page.settings.currency, page.language),
        **shown,
    )


async def show_product(page: Page) -> Response:
    """Show one product, with how many pieces one wants."""
    return await product_page(page, row_id(page, "product_id"), form=Form.filled({"quantity": 1}))


async def product_page(page: Page, product_id: int, *, form: Form, status: int = 200) -> Response:
    """Return the page of a product, with a form that may have been refused."""
    product = (await page.api.get(f"{API}/{product_id}")).data
    return page.render(
        "products/product.html",
        status=status,
        product=product,
        form=form,
        added=Added.taken(page),
    )


ROUTES = (
    get(LIST, list_products, SIGNED_IN),
    get("/products/{product_id}/", show_product, SIGNED_IN),
)
