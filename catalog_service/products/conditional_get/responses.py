"""What is found, as HTTP answers: the body, its entity tag, its links and who may keep it."""

from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from pydantic_core import to_json

from catalog_service.products.conditional_get.etags import list_etag
from catalog_service.products.listing.cursors import Cursors, Position
from catalog_service.products.listing.query import Listing
from catalog_service.products.reading.queries import SHOWN
from catalog_service.products.reading.service import Found

PATH = "/api/v1/products"
CACHING = {"Cache-Control": "private, no-cache", "Gateway-Cache-Control": "max-age=1"}


def list_response(found: Found, listing: Listing, cursors: Cursors, *, currency: str) -> Response:
    """Return a page, made without a model for each product: that would cost more than the rest."""
    total, is_capped = found.count
    next_cursor = _next_cursor(found, listing, cursors)
    body = {
        "items": [_shown(row, currency) for row in found.rows],
        "total": total,
        "page": listing.page if listing.after is None else None,
        "size": listing.size,
        "pages": ceil(total / listing.size),
        "total_is_capped": is_capped,
        "ranked": found.is_ranked,
        "next_cursor": next_cursor,
    }
    etag = list_etag(found.revision, listing)
    links = _links(found, listing, next_cursor)
    return _json_response(to_json(body), etag, {"Link": links})


def product_response(product: Mapping[str, Any], etag: str, *, currency: str) -> Response:
    """Return one product."""
    return _json_response(to_json(_shown(product, currency)), etag, {})


def not_modified(etag: str) -> Response:
    """Tell that the client has it already."""
    return Response(status_code=304, headers={"ETag": etag, **CACHING})


def _json_response(body: bytes, etag: str, headers: Mapping[str, str]) -> Response:
    fields = {"ETag": etag, **headers, **CACHING}
    return Response(body, media_type="application/json", headers=fields)


def _shown(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    shown = {name: row[name] for name in SHOWN}
    shown["currency"] = currency
    return shown


def _next_cursor(found: Found, listing: Listing, cursors: Cursors) -> str | None:
    if not found.has_more or found.is_ranked:
        return None
    last = found.rows[-1]
    return cursors.write(listing.view, Position(last[listing.view.order.column], last["id"]))


def _links(found: Found, listing: Listing, next_cursor: str | None) -> str:
    """Return the Link field (RFC 8288): to pages that have a number, and to what a cursor shows."""
    pages = ceil(found.count.total / listing.size)
    numbers = {"first": 1}
    if listing.after is None:
        if listing.page > 1:
            numbers["prev"] = max(1, min(listing.page - 1, pages))
        if listing.page < pages:
            numbers["next"] = listing.page + 1
    if pages and not found.count.is_capped:
        numbers["last"] = pages
    links = {place: _page_link(listing, number) for place, number in numbers.items()}
    if next_cursor is not None and "next" not in links:
        links["next"] = _link({"cursor": next_cursor, "size": listing.size})
    return ", ".join(f'<{link}>; rel="{place}"' for place, link in links.items())


def _page_link(listing: Listing, number: int) -> str:
    asked = listing.view.model_dump(mode="json", exclude_defaults=True)
    return _link({**asked, "page": number, "size": listing.size})


def _link(query: Mapping[str, Any]) -> str:
    spelled = {name: "true" if value is True else value for name, value in query.items()}
    return f"{PATH}?{urlencode(spelled)}"
