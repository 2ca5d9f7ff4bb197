"""Looking through the products."""

from tortoise.queryset import QuerySet

from catalog_service.errors import ProductNotFound
from catalog_service.models import Product
from catalog_service.products.schemas import ProductPage, ProductRead
from shared.pagination import PageParams

_SHOWN = tuple(ProductRead.model_fields)


def _for_sale() -> QuerySet[Product]:
    return Product.filter(is_active=True)


async def list_products(params: PageParams) -> ProductPage:
    """Return one page of the products for sale, newest first; past the last page it is empty."""
    total = await _for_sale().count()
    rows = []
    if params.offset < total:
        newest_first = _for_sale().order_by("-created_at", "-id")
        rows = await newest_first.offset(params.offset).limit(params.size).values(*_SHOWN)
    items = [ProductRead.model_validate(row) for row in rows]
    return ProductPage.of(items, total=total, params=params)


async def get_product(product_id: int) -> ProductRead:
    """Return a product for sale, or raise ProductNotFound."""
    row = await _for_sale().get_or_none(id=product_id).values(*_SHOWN)
    if row is None:
        raise ProductNotFound
    return ProductRead.model_validate(row)
