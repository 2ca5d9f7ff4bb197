"""The products as HTTP shows them, to everyone who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Query

from catalog_service.errors import ProductNotFound
from catalog_service.products import service
from catalog_service.products.schemas import ProductId, ProductPage, ProductRead
from shared.authentication import VerifiedPrincipal
from shared.errors import EmailNotVerified, PasswordChangeRequired, ServiceUnavailable, Unauthorized
from shared.pagination import PageParams
from shared.problems import problems

router = APIRouter(
    prefix="/api/v1/products",
    tags=["products"],
    responses=problems(Unauthorized, PasswordChangeRequired, EmailNotVerified, ServiceUnavailable),
)


@router.get("")
async def list_products(
    _reader: VerifiedPrincipal, params: Annotated[PageParams, Query()]
) -> ProductPage:
    """List the products for sale, newest first."""
    return await service.list_products(params)


@router.get("/{product_id}", responses=problems(ProductNotFound))
async def get_product(_reader: VerifiedPrincipal, product_id: ProductId) -> ProductRead:
    """Show one product for sale."""
    return await service.get_product(product_id)
