"""The cart as HTTP shows it, to its owner alone."""

from fastapi import APIRouter, Depends

from catalog_service.cart import service
from catalog_service.cart.schemas import CartRead, ItemsToAdd, QuantityChange
from catalog_service.dependencies import CatalogReader, ShopCurrency, not_stored
from catalog_service.errors import (
    CartFull,
    CartTotalTooLarge,
    NotInCart,
    ProductNotFound,
    TooManyPieces,
)
from catalog_service.products.schemas import ProductId
from shared.http.problem_groups import BODY, VERIFIED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/cart",
    tags=["cart"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED),
)

_CAPS = (TooManyPieces, CartTotalTooLarge)


@router.get("")
async def show_cart(owner: CatalogReader, currency: ShopCurrency) -> CartRead:
    """Show your cart, at the prices of now."""
    return await service.show_cart(owner.user_id, currency=currency)


@router.post("/items", responses=problems(*BODY, ProductNotFound, *_CAPS, CartFull))
async def add_items(owner: CatalogReader, wanted: ItemsToAdd, currency: ShopCurrency) -> CartRead:
    """Add products to your cart: all of them, or none where one is refused.

    What is there already gets more pieces.
    """
    return await service.add_items(owner.user_id, wanted.quantities(), currency=currency)


@router.patch("/items/{product_id}", responses=problems(*BODY, NotInCart, *_CAPS))
async def change_quantity(
    owner: CatalogReader, product_id: ProductId, change: QuantityChange, currency: ShopCurrency
) -> CartRead:
    """Say how many pieces of a product in your cart it shall be."""
    return await service.change_quantity(
        owner.user_id, product_id=product_id, quantity=change.quantity, currency=currency
    )


@router.delete("/items/{product_id}", status_code=204)
async def remove_item(owner: CatalogReader, product_id: ProductId) -> None:
    """Take a product out of your cart; when it is not there, all is well too."""
    await service.remove_item(owner.user_id, product_id)


@router.delete("", status_code=204)
async def clear_cart(owner: CatalogReader) -> None:
    """Take everything out of your cart."""
    await service.clear_cart(owner.user_id)
