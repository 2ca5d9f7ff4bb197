"""What can go wrong in the catalog, beside what can go wrong everywhere."""

from shared.errors import NotFound


class ProductNotFound(NotFound):
    """There is no such product for sale."""

    error = "product_not_found"
