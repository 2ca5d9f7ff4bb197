"""What the service says of itself: the OpenAPI document and the page that shows it."""

import gc
from inspect import iscoroutinefunction
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from catalog_service.main import create_app
from catalog_service.settings import CatalogSettings
from catalog_service.tests.conftest import SECRETS

SETTINGS = CatalogSettings.model_validate(
    {
        "database_url": "postgres://nobody@localhost/none",
        "secrets": SECRETS,
        "internal_secrets": SECRETS,
        "public_url": "https://shop.example",
        "currency": "KZT",
    }
)
LIST = "/api/v1/products"
ONE = "/api/v1/products/{product_id}"
CART, ITEMS = "/api/v1/cart", "/api/v1/cart/items"
ORDERS, ORDER = "/api/v1/orders", "/api/v1/orders/{order_id}"
AUDIT = "/api/v1/catalog-audit"
BUYING = {
    ("get", CART),
    ("delete", CART),
    ("post", ITEMS),
    ("patch", f"{ITEMS}/{{product_id}}"),
    ("delete", f"{ITEMS}/{{product_id}}"),
    ("post", ORDERS),
    ("get", ORDERS),
    ("get", ORDER),
    ("post", f"{ORDER}/cancel"),
    ("post", f"{ORDER}/pay"),
    ("get", f"{ORDERS}/sums/days"),
    ("get", f"{ORDERS}/sums/products"),
    ("get", AUDIT),
    ("get", f"{AUDIT}/export"),
}
EDITING_ENDPOINTS = {
    ("post", LIST),
    ("post", f"{LIST}/bulk"),
    ("post", f"{LIST}/import"),
    ("get", f"{LIST}/export"),
    ("patch", ONE),
    ("delete", ONE),
    ("post", f"{ONE}/reactivate"),
    ("get", f"{ONE}/stock"),
    ("put", f"{ONE}/stock"),
    ("delete", f"{ONE}/stock"),
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(SETTINGS).openapi()


def test_all_endpoints_are_listed(document: dict[str, Any]) -> None:
    shown = {
        (method, path)
        for path, operations in document["paths"].items()
        for method in operations
        if path.startswith("/api/")
    }

    assert shown == {("get", LIST), ("get", ONE)} | EDITING_ENDPOINTS | BUYING


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        (LIST, ["200", "304", "401", "403", "422", "503"]),
        (ONE, ["200", "304", "401", "403", "404", "422", "503"]),
    ],
)
def test_each_endpoint_documents_its_responses(
    document: dict[str, Any], path: str, statuses: list[str]
) -> None:
    operation = document["paths"][path]["get"]

    assert sorted(operation["responses"]) == statuses
    assert operation["summary"]
    assert operation["description"]
    assert operation["security"] == [{"OAuth2": []}]
    for status in statuses[2:]:
        content = operation["responses"][status]["content"]["application/json"]
        examples = content["examples"].values()
        assert {example["value"]["code"] for example in examples} == {int(status)}
        assert content["schema"]["$ref"].endswith("Problem")


def test_the_bounds_of_a_page_are_documented(document: dict[str, Any]) -> None:
    parameters = {p["name"]: p["schema"] for p in document["paths"][LIST]["get"]["parameters"]}

    bounds = {"price_min", "price_max", "created_from", "created_to", "include_inactive"}
    assert parameters.keys() == {"page", "size", "cursor", "sort", "q", "if-none-match"} | bounds
    size = parameters["size"]
    assert (size["default"], size["minimum"], size["maximum"]) == (20, 1, 100)


def test_a_product_is_shown_with_examples(document: dict[str, Any]) -> None:
    product = document["components"]["schemas"]["ProductRead"]

    fields = {"id", "name", "sku", "price", "currency", "created_at", "updated_at"}
    fields |= {"is_active"}
    assert product["properties"].keys() == set(product["required"]) == fields
    assert all(product["properties"][name].get("examples") for name in fields - {"is_active"})


def test_authorize_signs_in_at_the_gateway(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["OAuth2"]

    token_url = scheme["flows"]["password"]["tokenUrl"]
    assert token_url == "https://shop.example/api/v1/auth/token"


def test_prices_are_documented_in_the_configured_currency(document: dict[str, Any]) -> None:
    assert "KZT" in document["info"]["description"]


async def test_the_docs_page_may_talk_to_the_gateway_only() -> None:
    transport = httpx2.ASGITransport(create_app(SETTINGS))
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        page = await client.get("/docs")

    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "connect-src 'self' https://shop.example;" in policy
    assert "default-src 'none'" in policy


def test_no_request_is_handed_to_a_thread() -> None:
    """FastAPI runs what is not `async` in a pool of threads, at the price of a whole request."""
    routes = [each for each in gc.get_objects() if isinstance(each, APIRoute)]
    pending = [route.dependant for route in routes if route.path.startswith("/api/")]
    calls = []
    while pending:
        dependant = pending.pop()
        pending += dependant.dependencies
        calls.append(dependant.call)

    assert len(calls) > len(routes)
    assert [call for call in calls if not _is_awaited(call)] == []


def _is_awaited(call: Any) -> bool:
    return iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__)
