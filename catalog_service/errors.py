"""What can go wrong in the catalog, beside what can go wrong everywhere."""

from collections.abc import Mapping

from shared.errors import Conflict, FieldProblem, NotFound


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


class NotInCart(NotFound):
    """This product is not in the cart."""

    error = "not_in_cart"


class TooManyPieces(Conflict):
    """A line of a cart cannot hold so many pieces."""

    error = "too_many_pieces"
    example_fields = about_products({17: "1002 wanted, at most 999 allowed"})


class CartFull(Conflict):
    """A cart cannot hold so many different products; 200 is the most."""

    error = "cart_full"


class CartTotalTooLarge(Conflict):
    """A cart cannot come to so much."""

    error = "cart_total_too_large"
