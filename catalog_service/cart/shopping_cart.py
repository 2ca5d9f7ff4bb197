"""The shopping cart itself: a list of products, how many of each, and what they come to.

It knows nothing of databases or HTTP. The totals of carts and of orders are asked of it
here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import overload

from catalog_service.bounds import MAX_LINES, MAX_QUANTITY, MAX_TOTAL
from catalog_service.errors import (
    CartFull,
    CartTotalTooLarge,
    NotInCart,
    TooManyPieces,
    about_products,
)
from shared.language.translation import Sentence


@dataclass(frozen=True, slots=True)
class CartProduct:
    """What a cart knows of a product; `available` is what is left, None where nobody counts."""

    id: int
    price: int
    name: str = ""
    is_active: bool = True
    available: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of one product, which cost `price_when_added` each when last added."""

    product: CartProduct
    quantity: int
    price_when_added: int

    @property
    def total(self) -> int:
        """What the line comes to now; nothing when the product is not for sale any more."""
        return self.product.price * self.quantity if self.product.is_active else 0


class ShoppingCart:
    """A list of products, one line each, in the order in which they were first added.

    What breaks a cap is refused as a whole: the cart stays as it was.
    """

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._lines = {line.product.id: line for line in lines}

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def total(self) -> int:
        """What all lines come to now, in the currency's smallest unit."""
        return sum(line.total for line in self)

    @overload
    def add(self, products: CartProduct, quantity: int = 1) -> None: ...

    @overload
    def add(self, products: Iterable[CartProduct], quantity: int = 1) -> None: ...

    @overload
    def add(self, products: Iterable[tuple[CartProduct, int]]) -> None: ...

    def add(
        self,
        products: CartProduct | Iterable[CartProduct] | Iterable[tuple[CartProduct, int]],
        quantity: int = 1,
    ) -> None:
        """Add `quantity` pieces of one product or of each of several, or each with its own.

        What is there already is added to, at the price and state that the product has now.
        Raises TooManyPieces, CartFull or CartTotalTooLarge.
        """
        lines = dict(self._lines)
        for item in [products] if isinstance(products, CartProduct) else products:
            product, pieces = (item, quantity) if isinstance(item, CartProduct) else item
            before = lines[product.id].quantity if product.id in lines else 0
            lines[product.id] = _line(product, before + _positive(pieces))
        self._replace(lines)

    def change(self, product_id: int, quantity: int) -> None:
        """Make it `quantity` pieces; raises NotInCart, and like `add`."""
        line = self._lines.get(product_id)
        if line is None:
            raise NotInCart
        pieces = _at_most_allowed(line.product, _positive(quantity))
        self._replace({**self._lines, product_id: replace(line, quantity=pieces)})

    def remove(self, product_id: int) -> None:
        """Take out all pieces of a product; that it is not there is all right."""
        self._lines.pop(product_id, None)

    def clear(self) -> None:
        """Take out everything."""
        self._lines.clear()

    def _replace(self, lines: dict[int, Line]) -> None:
        """Become `lines` unless that breaks a cap, or breaks one that prices broke more."""
        if len(lines) > MAX_LINES:
            raise CartFull
        total = sum(line.total for line in lines.values())
        if total > max(MAX_TOTAL, self.total):
            raise CartTotalTooLarge
        self._lines = lines


def _line(product: CartProduct, quantity: int) -> Line:
    return Line(product, _at_most_allowed(product, quantity), product.price)


def _positive(quantity: int) -> int:
    if quantity < 1:
        raise ValueError("a cart holds whole pieces, at least one")
    return quantity


def _at_most_allowed(product: CartProduct, quantity: int) -> int:
    if quantity > MAX_QUANTITY:
        wanted = Sentence(
            "{quantity} wanted, at most {most} allowed", quantity=quantity, most=MAX_QUANTITY
        )
        raise TooManyPieces(about_products({product.id: wanted}))
    return quantity
