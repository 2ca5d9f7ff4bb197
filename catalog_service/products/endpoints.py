"""The products as HTTP shows them, to everyone who is signed in."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from catalog_service.dependencies import CatalogReader, ShopCurrency, may_edit
from catalog_service.errors import ProductNotFound, QueryTooSlow
from catalog_service.products.conditional_get.etags import Version, list_etag, product_etag
from catalog_service.products.conditional_get.known_lists import KnownLists
from catalog_service.products.conditional_get.responses import (
    PATH,
    list_response,
    not_modified,
    product_response,
)
from catalog_service.products.listing.cursors import Cursors
from catalog_service.products.listing.query import Listing, ListQuery, read_listing
from catalog_service.products.paths import ONE
from catalog_service.products.reading import service
from catalog_service.products.schemas import ProductId, ProductPage, ProductRead
from catalog_service.replicas.reading import Replicas
from shared.errors import (
    EmailNotVerified,
    Forbidden,
    PasswordChangeRequired,
)
from shared.http.preconditions import IfNoneMatch
from shared.http.problem_groups import VERIFIED
from shared.http.problems import problems

router = APIRouter(
    prefix=PATH,
    tags=["products"],
    responses=problems(*VERIFIED),
)


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_ETAG = _header("Names this answer, for If-None-Match.")
_LINK = _header("first, prev, next and last page, as far as they have a number (RFC 8288).")
_NOT_MODIFIED: dict[str, Any] = {
    "description": "It is as the ETag says.",
    "headers": {"ETag": _ETAG},
}


async def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


CursorsHere = Annotated[Cursors, Depends(_cursors)]


async def _listing(
    reader: CatalogReader,
    query: Annotated[ListQuery, Query()],
    cursors: CursorsHere,
) -> Listing:
    listing = read_listing(query, cursors)
    if listing.view.include_inactive and not may_edit(reader):
        raise Forbidden
    return listing


WantedListing = Annotated[Listing, Depends(_listing)]
"""What the query asks for, as far as the reader may see it."""


@router.get(
    "",
    response_model=ProductPage,
    responses={
        **problems(PasswordChangeRequired, EmailNotVerified, Forbidden, QueryTooSlow),
        200: {"headers": {"ETag": _ETAG, "Link": _LINK}},
        304: _NOT_MODIFIED,
    },
)
async def list_products(
    listing: WantedListing,
    known: IfNoneMatch,
    cursors: CursorsHere,
    currency: ShopCurrency,
    request: Request,
) -> Response:
    """List the products for sale, newest first, or as the query says.

    By `page` to jump about, by `next_cursor` to walk through everything: a walk meets each product
    that stays as it is exactly once, whatever is added and removed meanwhile. Of filters all apply.
    A search compares no case and no «ё»; `q=чайн` and `q=чайниками` both find «Чайник».
    """
    lists: KnownLists = request.app.state.known_lists
    if known and known.has(etag := list_etag(await lists.revision.read(), listing)):
        return not_modified(etag)
    lists.remember(request.scope["query_string"], listing)
    replicas: Replicas = request.app.state.replicas
    found = await replicas.read(partial(service.list_products, listing))
    return list_response(found, listing, cursors, currency=currency)


@router.get(
    ONE,
    response_model=ProductRead,
    responses={
        **problems(ProductNotFound),
        200: {"headers": {"ETag": _ETAG}},
        304: _NOT_MODIFIED,
    },
)
async def get_product(
    product_id: ProductId,
    reader: CatalogReader,
    known: IfNoneMatch,
    currency: ShopCurrency,
    request: Request,
) -> Response:
    """Show one product; one that is not for sale only to managers and administrators."""
    replicas: Replicas = request.app.state.replicas
    product = await replicas.read(
        partial(service.get_product, product_id, include_inactive=may_edit(reader))
    )
    etag = product_etag(Version(product["version"], product["updated_at"]))
    if known.has(etag):
        return not_modified(etag)
    return product_response(product, etag, currency=currency)
