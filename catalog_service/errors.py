"""What can go wrong in the catalog, beside what can go wrong everywhere."""

from collections.abc import Mapping

from shared.errors import (
    BadRequest,
    Conflict,
    FieldProblem,
    NotFound,
    UnprocessableEntity,
)
from shared.language.translation import Sentence


def about_products(messages: Mapping[int, str]) -> tuple[FieldProblem, ...]:
    """Name products by their ids, as `products.17`, each with what is wrong with it."""
    return tuple(
        FieldProblem(f"products.{product_id}", text) for product_id, text in messages.items()
    )


class ProductNotFound(NotFound):
    """There is no such product for sale."""

    error = "product_not_found"


class SkuTaken(Conflict):
    """Another product has this sku."""

    error = "sku_taken"


class ImportRunning(Conflict):
    """Another import is running; try again when it is done."""

    error = "import_running"


class ImportRefused(UnprocessableEntity):
    """Some lines hold no product, so nothing was imported."""

    error = "import_refused"
    example_fields = (FieldProblem("line 17", "is not UTF-8 text; save the file as UTF-8"),)


class StockNotCounted(NotFound):
    """This product is not counted; it is never sold out."""

    error = "stock_not_counted"


class NotInCart(NotFound):
    """This product is not in the cart."""

    error = "not_in_cart"


class TooManyPieces(Conflict):
    """A line of a cart cannot hold so many pieces."""

    error = "too_many_pieces"
    example_fields = about_products(
        {17: Sentence("{quantity} wanted, at most {most} allowed", quantity=1002, most=999)}
    )


class CartFull(Conflict):
    """A cart cannot hold so many different products; 200 is the most."""

    error = "cart_full"


class CartTotalTooLarge(Conflict):
    """A cart cannot come to so much."""

    error = "cart_total_too_large"


class CartEmpty(Conflict):
    """The cart is empty."""

    error = "cart_empty"


class ProductsUnavailable(Conflict):
    """Some products in the cart are not for sale any more; take them out first."""

    error = "products_unavailable"
    example_fields = about_products(
        {17: Sentence("«{name}» is not for sale any more", name="Чайник")}
    )


class TotalChanged(Conflict):
    """The cart does not come to what was expected."""

    error = "total_changed"
    example_fields = (
        FieldProblem("expected_total", Sentence("The total is {total} now", total=129900)),
    )


class NotEnoughStock(Conflict):
    """There is not enough of some products."""

    error = "not_enough_stock"
    example_fields = about_products(
        {17: Sentence("«{name}»: {wanted} wanted, {left} left", name="Чайник", wanted=3, left=2)}
    )


class IdempotencyKeyMissing(BadRequest):
    """Send an Idempotency-Key, a new one for each new order."""

    error = "idempotency_key_missing"


class IdempotencyKeyReused(UnprocessableEntity):
    """This Idempotency-Key belongs to another request."""

    error = "idempotency_key_reused"
    example_fields = (FieldProblem("Idempotency-Key", "Was sent with another body"),)


class OrderInProgress(Conflict):
    """The first request with this Idempotency-Key is still under way; try again in a moment."""

    error = "order_in_progress"


class OrderNotFound(NotFound):
    """You have no such order."""

    error = "order_not_found"


class OrderNotPayable(Conflict):
    """Only an order that is placed can be paid."""

    error = "order_not_payable"
    example_fields = (FieldProblem("status", "The order is cancelled"),)


class OrderNotCancellable(Conflict):
    """This order cannot be cancelled; once it is paid, only the shop's staff can."""

    error = "order_not_cancellable"
    example_fields = (FieldProblem("status", "The order is paid"),)


class QueryTooSlow(UnprocessableEntity):
    """This list takes too long to make; ask for less, or in another order."""

    error = "query_too_slow"
    example_fields = ()
