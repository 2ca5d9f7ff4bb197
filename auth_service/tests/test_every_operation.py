"""What holds for each operation of the document, whatever it does."""

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.tests.people import join
from testing.operations import may_be_shared, operations

BODIES = {"POST", "PUT", "PATCH"}


async def test_no_response_may_be_kept_for_others(app: FastAPI, client: httpx2.AsyncClient) -> None:
    boss = await join(client, "boss", "admin")
    walked = operations(app.openapi())
    statuses = {}
    for who in ({}, boss.headers):
        for method, path in walked:
            body: dict[str, str] | None = {} if method in BODIES else None
            response = await client.request(method, path, json=body, headers=who)
            statuses[method, path] = response.status_code
            assert not may_be_shared(response.headers), (method, path, response.status_code)

    read = {path for (method, path), status in statuses.items() if (method, status) == ("GET", 200)}
    assert {"/api/v1/users/me", "/api/v1/users", "/api/v1/auth/sessions", "/api/v1/audit"} <= read
    assert "/api/v1/audit/export" in read


async def test_a_parameter_that_comes_twice_is_refused_everywhere(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    boss = await join(client, "boss", "admin")
    for method, path in operations(app.openapi()):
        for twice, name in (("size=3&size=4", "size"), ("%71=&x=1&q=", "q"), ("a=1&a=1", "a")):
            response = await client.request(method, f"{path}?{twice}", headers=boss.headers)
            assert response.status_code == 422, (method, path)
            assert response.json()["error"] == "validation_failed"
            assert [problem["field"] for problem in response.json()["fields"]] == [name]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nowhere", 404), ("PUT", "/api/v1/users", 405), ("GET", "/health/live", 200)],
)
async def test_where_there_is_no_operation_that_is_said(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    assert (await client.request(method, f"{path}?a=1&a=2")).status_code == status
