"""Sums of orders as HTTP shows them, to the shop's staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from catalog_service.dependencies import CatalogEditor, ShopCurrency, not_stored
from catalog_service.sales import service
from catalog_service.sales.schemas import SalesByDay, SalesByProduct, SalesQuery
from shared.http.problem_groups import VERIFIED_AND_ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/orders/sums",
    tags=["orders"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)


@router.get("/days")
async def sum_up_days(
    _editor: CatalogEditor, query: Annotated[SalesQuery, Query()], currency: ShopCurrency
) -> SalesByDay:
    """Sum up everybody's orders by the day on which they were placed."""
    return await service.sales_by_day(query, currency=currency)


@router.get("/products")
async def sum_up_products(
    _editor: CatalogEditor, query: Annotated[SalesQuery, Query()], currency: ShopCurrency
) -> SalesByProduct:
    """Sum up what was ordered by product, without what was cancelled."""
    return await service.sales_by_product(query, currency=currency)
