"""What orders take out of the stock, and what they give back.

Always in the order of the products' ids, so that no two wait for each other.
"""

from collections.abc import Iterable
from uuid import UUID

from tortoise.expressions import F

from catalog_service.cart.shopping_cart import Line
from catalog_service.errors import NotEnoughStock, about_products
from catalog_service.models import OrderLine, ProductStock
from shared.language.translation import Sentence


async def take(lines: Iterable[Line]) -> frozenset[int]:
    """Take what these lines want; return the ids of the products that are counted.

    Raises NotEnoughStock, which names each product of which there is not enough; end the
    transaction then.
    """
    counted: set[int] = set()
    short: dict[int, str] = {}
    for line in sorted(lines, key=lambda line: line.product.id):
        if line.product.available is None:
            continue
        wanted = line.quantity
        stock = ProductStock.filter(product_id=line.product.id)
        if await stock.filter(quantity__gte=wanted).update(quantity=F("quantity") - wanted):
            counted.add(line.product.id)
        elif (rest := await stock.first()) is not None:  # it may have ceased to be counted
            short[line.product.id] = Sentence(
                "«{name}»: {wanted} wanted, {left} left",
                name=line.product.name,
                wanted=wanted,
                left=rest.quantity,
            )
    if short:
        raise NotEnoughStock(about_products(short))
    return frozenset(counted)


async def give_back(order_id: UUID) -> None:
    """Return what an order took; what has ceased to be counted stays so."""
    counted = OrderLine.filter(order_id=order_id, is_counted=True).order_by("product_id")
    for line in await counted:
        stock = ProductStock.filter(product_id=line.product_id)
        await stock.update(quantity=F("quantity") + line.quantity)
