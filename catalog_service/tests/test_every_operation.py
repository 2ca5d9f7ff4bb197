"""What holds for each operation of the document, whatever it does."""

import httpx2
import pytest
from fastapi import FastAPI

from testing.operations import may_be_shared, operations

pytestmark = pytest.mark.usefixtures("empty_tables")
BODIES = {"POST", "PUT", "PATCH"}
PRODUCT = {"name": "Tea", "price": 100}


async def test_no_response_may_be_kept_for_others(
    app: FastAPI, stranger: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    await editor.post("/api/v1/products", json=PRODUCT)
    walked = operations(app.openapi())
    statuses = {}
    for who in (stranger, editor):
        for method, path in walked:
            response = await who.request(method, path, json={} if method in BODIES else None)
            statuses[method, path] = response.status_code
            assert not may_be_shared(response.headers), (method, path, response.status_code)

    read = {path for (method, path), status in statuses.items() if (method, status) == ("GET", 200)}
    assert {"/api/v1/products", "/api/v1/products/export", "/api/v1/cart", "/api/v1/orders"} <= read


async def test_a_parameter_that_comes_twice_is_refused_everywhere(
    app: FastAPI, editor: httpx2.AsyncClient
) -> None:
    for method, path in operations(app.openapi()):
        for twice, name in (("size=3&size=4", "size"), ("%71=&x=1&q=", "q"), ("a=1&a=1", "a")):
            response = await editor.request(method, f"{path}?{twice}")
            assert response.status_code == 422, (method, path)
            assert response.json()["error"] == "validation_failed"
            assert [problem["field"] for problem in response.json()["fields"]] == [name]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nowhere", 404), ("PUT", "/api/v1/orders", 405), ("GET", "/health/live", 200)],
)
async def test_where_there_is_no_operation_that_is_said(
    editor: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    assert (await editor.request(method, f"{path}?a=1&a=2")).status_code == status
