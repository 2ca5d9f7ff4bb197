"""Products as the shop's staff makes and changes them."""

from fastapi import APIRouter, Response

from catalog_service.dependencies import CatalogEditor, ShopCurrency
from catalog_service.errors import ProductNotFound, SkuTaken
from catalog_service.models import Product
from catalog_service.product_admin import bulk, service
from catalog_service.product_admin.schemas import (
    BulkAnswer,
    BulkRequest,
    ProductCreate,
    ProductUpdate,
)
from catalog_service.products.conditional_get.etags import Version, product_etag, versions
from catalog_service.products.paths import ONE
from catalog_service.products.schemas import ProductId, ProductRead
from shared.errors import (
    PreconditionFailed,
)
from shared.http.preconditions import IfMatch
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1/products",
    tags=["managing products"],
    responses=problems(*VERIFIED_AND_ALLOWED),
)
_ONE = (ProductNotFound, PreconditionFailed)
_ETAG = {"ETag": {"description": "The product's version.", "schema": {"type": "string"}}}


@router.post(
    "",
    status_code=201,
    responses={
        **problems(*BODY, SkuTaken),
        201: {
            "headers": {
                **_ETAG,
                "Location": {"description": "Where it is.", "schema": {"type": "string"}},
            }
        },
    },
)
async def create_product(
    editor: CatalogEditor, product: ProductCreate, currency: ShopCurrency, response: Response
) -> ProductRead:
    """Add a product."""
    created = await service.create_product(product, actor_id=editor.user_id)
    response.headers["Location"] = f"{router.prefix}/{created.id}"
    return _shown(created, currency, response)


@router.post("/bulk", responses=problems(*BODY, ProductNotFound, SkuTaken))
async def change_products(
    editor: CatalogEditor, request: BulkRequest, currency: ShopCurrency
) -> BulkAnswer:
    """Add, change, deactivate and reactivate up to 1,000 products: all of it, or nothing.

    What is in the way is named in `fields`, as in `change.3.sku`.
    """
    return await bulk.change_products(request, currency=currency, actor_id=editor.user_id)


@router.patch(
    ONE,
    responses={**problems(*BODY, *_ONE, SkuTaken), 200: {"headers": _ETAG}},
)
async def change_product(
    product_id: ProductId,
    update: ProductUpdate,
    editor: CatalogEditor,
    if_match: IfMatch,
    currency: ShopCurrency,
    response: Response,
) -> ProductRead:
    """Change a product, with If-Match only the version that one has seen."""
    seen = None if if_match is None else versions(if_match)
    changed = await service.change_product(product_id, update, seen=seen, actor_id=editor.user_id)
    return _shown(changed, currency, response)


@router.delete(ONE, status_code=204, responses=problems(*_ONE))
async def deactivate_product(
    product_id: ProductId, editor: CatalogEditor, if_match: IfMatch
) -> None:
    """Take a product out of the shop; it can be reactivated, and orders keep it."""
    seen = None if if_match is None else versions(if_match)
    await service.deactivate_product(product_id, seen=seen, actor_id=editor.user_id)


@router.post("/{product_id}/reactivate", responses={**problems(*_ONE), 200: {"headers": _ETAG}})
async def reactivate_product(
    product_id: ProductId,
    editor: CatalogEditor,
    if_match: IfMatch,
    currency: ShopCurrency,
    response: Response,
) -> ProductRead:
    """Offer a product again."""
    seen = None if if_match is None else versions(if_match)
    reactivated = await service.reactivate_product(product_id, seen=seen, actor_id=editor.user_id)
    return _shown(reactivated, currency, response)


def _shown(product: Product, currency: str, response: Response) -> ProductRead:
    response.headers["ETag"] = product_etag(Version(product.version, product.updated_at))
    return ProductRead.of(product, currency=currency)
