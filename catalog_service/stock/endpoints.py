"""Stock as the shop's staff sees and sets it."""

from fastapi import APIRouter, Response

from catalog_service.dependencies import CatalogEditor
from catalog_service.errors import ProductNotFound, StockNotCounted
from catalog_service.products.schemas import ProductId
from catalog_service.stock import service
from catalog_service.stock.schemas import Stock
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/products/{product_id}/stock",
    tags=["managing products"],
    responses=problems(*VERIFIED_AND_ALLOWED, ProductNotFound),
)


@router.get("", responses=problems(ProductNotFound, StockNotCounted))
async def get_stock(product_id: ProductId, _editor: CatalogEditor, response: Response) -> Stock:
    """Show what is left of a product that is counted."""
    response.headers["Cache-Control"] = "no-store"
    return await service.get_stock(product_id)


@router.put("", responses=problems(*BODY))
async def set_stock(product_id: ProductId, stock: Stock, editor: CatalogEditor) -> Stock:
    """Count a product from now on: so many are left, whatever there was."""
    return await service.set_stock(product_id, stock, actor_id=editor.user_id)


@router.delete("", status_code=204)
async def stop_counting(product_id: ProductId, editor: CatalogEditor) -> None:
    """Count a product no longer: it is never sold out."""
    await service.stop_counting(product_id, actor_id=editor.user_id)
