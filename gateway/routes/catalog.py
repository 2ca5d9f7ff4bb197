"""What the catalog service serves."""

from typing import Final

from gateway.route import BULK_LIMIT, IMPORT_LIMIT, IMPORT_TIMEOUT, Route
from shared.access.roles import CATALOG_EDITORS

CATALOG: Final = "catalog"

PRODUCTS: Final = "products"
"""The group of cached responses that a change of a product outdates."""

ROUTES = (
    Route("GET", "/api/v1/products", CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products", CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products/bulk", CATALOG, body_limit=BULK_LIMIT, cache=PRODUCTS),
    Route(
        "POST",
        "/api/v1/products/import",
        CATALOG,
        body_limit=IMPORT_LIMIT,
        roles=CATALOG_EDITORS,
        response_timeout=IMPORT_TIMEOUT,
        cache=PRODUCTS,
    ),
    Route("GET", "/api/v1/products/export", CATALOG),
    Route("GET", "/api/v1/products/{id}", CATALOG, cache=PRODUCTS),
    Route("PATCH", "/api/v1/products/{id}", CATALOG, cache=PRODUCTS),
    Route("DELETE", "/api/v1/products/{id}", CATALOG, cache=PRODUCTS),
    Route("POST", "/api/v1/products/{id}/reactivate", CATALOG, cache=PRODUCTS),
    Route("GET", "/api/v1/products/{id}/stock", CATALOG),
    Route("PUT", "/api/v1/products/{id}/stock", CATALOG),
    Route("DELETE", "/api/v1/products/{id}/stock", CATALOG),
    Route("GET", "/api/v1/cart", CATALOG),
    Route("DELETE", "/api/v1/cart", CATALOG),
    Route("POST", "/api/v1/cart/items", CATALOG),
    Route("PATCH", "/api/v1/cart/items/{product_id}", CATALOG),
    Route("DELETE", "/api/v1/cart/items/{product_id}", CATALOG),
    Route("POST", "/api/v1/orders", CATALOG),
    Route("GET", "/api/v1/orders", CATALOG),
    Route("GET", "/api/v1/orders/sums/days", CATALOG),
    Route("GET", "/api/v1/orders/sums/products", CATALOG),
    Route("GET", "/api/v1/orders/{id}", CATALOG),
    Route("POST", "/api/v1/orders/{id}/cancel", CATALOG),
    Route("POST", "/api/v1/orders/{id}/pay", CATALOG),
    Route("GET", "/api/v1/catalog-audit", CATALOG),
    Route("GET", "/api/v1/catalog-audit/export", CATALOG),
)
