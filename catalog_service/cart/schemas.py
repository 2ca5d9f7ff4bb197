"""What a cart looks like from outside, and what may be put in."""

from typing import Annotated

from pydantic import Field, Strict

from catalog_service.bounds import MAX_LINES, MAX_QUANTITY
from catalog_service.cart.shopping_cart import Line, ShoppingCart
from catalog_service.products.schemas import MAX_ID, CurrencyCode
from shared.values.schemas import Int32, Schema

Quantity = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_QUANTITY, description="Whole pieces of one product.", examples=[2]),
]


class ItemToAdd(Schema):
    """So many pieces of one product."""

    product_id: Annotated[int, Strict(), Field(ge=1, le=MAX_ID, examples=[17])]
    quantity: Quantity = 1


class ItemsToAdd(Schema):
    """One product or several; of one that is named twice, both quantities are added."""

    items: Annotated[list[ItemToAdd], Field(min_length=1, max_length=MAX_LINES)]

    def quantities(self) -> dict[int, int]:
        """Return how many pieces are wanted of each product, in the order of the request."""
        wanted: dict[int, int] = {}
        for item in self.items:
            wanted[item.product_id] = wanted.get(item.product_id, 0) + item.quantity
        return wanted


class QuantityChange(Schema):
    """How many pieces it shall be, whatever it was."""

    quantity: Quantity


class CartLineRead(Schema):
    """One product in the cart."""

    product_id: int = Field(examples=[17])
    name: str = Field(examples=["Чайник заварочный «Василёк», 600 мл"])
    price_when_added: int = Field(examples=[119900], description="Of one piece, when last added.")
    price: int = Field(examples=[129900], description="Of one piece now: what an order will cost.")
    quantity: Int32 = Field(examples=[2])
    is_active: bool = Field(description="Whether it is still for sale.")
    available: Int32 | None = Field(
        examples=[5], description="How many are left in the shop; null where that is not counted."
    )
    line_total: int = Field(
        examples=[259800], description="Price times quantity; 0 when it is not for sale any more."
    )

    @classmethod
    def of(cls, line: Line) -> "CartLineRead":
        """Show a line."""
        return cls(
            product_id=line.product.id,
            name=line.product.name,
            price_when_added=line.price_when_added,
            price=line.product.price,
            quantity=line.quantity,
            is_active=line.product.is_active,
            available=line.product.available,
            line_total=line.total,
        )


class CartRead(Schema):
    """A cart: its lines in the order in which they were first added."""

    lines: list[CartLineRead]
    total: int = Field(
        examples=[259800], description="Of all that is for sale, in the currency's smallest unit."
    )
    currency: CurrencyCode

    @classmethod
    def of(cls, cart: ShoppingCart, *, currency: str) -> "CartRead":
        """Show a cart whose prices are in `currency`."""
        lines = [CartLineRead.of(line) for line in cart]
        return cls(lines=lines, total=cart.total, currency=currency)
