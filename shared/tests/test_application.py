"""What every application of this project does: errors in one shape, request ids, health, docs."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI
from pythonjsonlogger.json import JsonFormatter

from shared import errors
from shared.application import build_app
from shared.authentication import (
    AnyPrincipal,
    CurrentPrincipal,
    Principal,
    TokenVerifier,
    require_roles,
)
from shared.jwks import parse_jwks
from shared.observability import RequestIdFilter, logging_config
from shared.pagination import Page, PageParams
from shared.problems import problems
from shared.testing.tokens import access_token, jwks, signing_key
from shared.tokens import Role

router = APIRouter(prefix="/things")


class KnownKeys:
    """A key source that never learns."""

    keys = parse_jwks(jwks(signing_key()))

    async def refresh(self) -> bool:
        return False


class DatabaseAway(Exception):
    """Stands for what a driver raises."""


@router.get("", responses=problems(errors.NotFound))
async def list_things(params: Annotated[PageParams, Depends()]) -> Page[int]:
    return Page[int].of(list(range(params.size)), total=101, params=params)


@router.get("/mine")
async def mine(principal: CurrentPrincipal) -> str:
    return str(principal.user_id)


@router.get("/anyone")
async def anyone(principal: AnyPrincipal) -> list[str]:
    return sorted(principal.roles)


@router.delete("/mine")
async def lose_mine() -> None:
    return None


@router.get("/managed")
async def managed(editor: Annotated[Principal, require_roles(Role.MANAGER, Role.ADMIN)]) -> str:
    return str(editor.user_id)


@router.get("/boom")
async def boom() -> None:
    raise RuntimeError("a secret of the inside")


@router.get("/away")
async def away() -> None:
    raise DatabaseAway("password=hunter2")


@router.get("/{name}")
async def raise_named(name: str) -> None:
    raise {
        "limited": errors.TooManyRequests(7),
        "methods": errors.MethodNotAllowed(["GET", "PUT"]),
        "forbidden": errors.Forbidden(),
    }.get(name, errors.NotFound())


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def app() -> FastAPI:
    app = build_app(
        title="Test",
        description="For the tests",
        lifespan=lifespan,
        routers=[router],
        token_url="http://localhost:8000/token",
        docs_connect_origins=["http://localhost:8000"],
        unavailable=[DatabaseAway],
    )
    app.state.token_verifier = TokenVerifier(KnownKeys(), "http://localhost:8000", "vitrina")
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/nowhere", 404, "not_found"),
        ("/things/unknown", 404, "not_found"),
        ("/things/limited", 429, "too_many_requests"),
        ("/things/methods", 405, "method_not_allowed"),
        ("/things/forbidden", 403, "forbidden"),
        ("/things/boom", 500, "internal_error"),
        ("/things/away", 503, "service_unavailable"),
    ],
)
async def test_every_error_has_the_one_shape(
    client: httpx2.AsyncClient, path: str, status: int, error: str
) -> None:
    response = await client.get(path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    body = response.json()
    assert body.keys() == {"code", "message", "error"}
    assert (body["code"], body["error"]) == (status, error)
    assert "secret" not in response.text
    assert "hunter2" not in response.text


async def test_errors_carry_the_headers_they_need(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/things/limited")).headers["retry-after"] == "7"
    assert (await client.get("/things/methods")).headers["allow"] == "GET, PUT"
    assert (await client.post("/things/mine")).headers["allow"] == "DELETE, GET"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=101", "size"),
        ("size=0", "size"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=text", "page"),
        (f"page={10**30}", "page"),
        ("page=1.5", "page"),
        ("page=1.0", "page"),
        ("page=%2B1", "page"),
        ("page=01", "page"),
        ("page=1_0", "page"),
        ("page=%D9%A1", "page"),
        ("size=", "size"),
    ],
)
async def test_a_page_out_of_bounds_names_the_field(
    client: httpx2.AsyncClient, query: str, field: str
) -> None:
    response = await client.get(f"/things?{query}")

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == [field]


async def test_a_page_knows_how_many_there_are(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/things?page=2&size=20")).json()

    assert (page["total"], page["page"], page["size"], page["pages"]) == (101, 2, 20, 6)
    assert PageParams(page=3, size=10).offset == 20


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Basic eDp5")],
        [("Authorization", "Bearer  " + access_token())],
        [("Authorization", "Bearer\t" + access_token())],
        [("Authorization", access_token())],
        [("Authorization", f"Bearer {access_token()} x")],
        [("Authorization", f"Bearer {access_token()}, Bearer {access_token()}")],
        [("Authorization", f"Bearer {access_token()}"), ("Authorization", "Bearer x")],
        [("Authorization", f"Bearer {access_token(exp=1)}")],
        [("Authorization", f"Bearer {access_token(sub='no uuid')}")],
        [("Authorization", f"Bearer {access_token(signing_key('stranger'))}")],
    ],
)
async def test_whatever_is_wrong_with_the_token_it_is_the_one_401(
    client: httpx2.AsyncClient, headers: list[tuple[str, str]]
) -> None:
    response = await client.get("/things/mine", headers=headers)

    assert response.status_code == 401
    assert response.content == b'{"code":401,"message":"Unauthorized"}'
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_the_query_opens_nothing(client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/things/mine?access_token={access_token()}")

    assert response.status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_written_in_any_case(client: httpx2.AsyncClient, scheme: str) -> None:
    user = str(uuid4())
    headers = {"Authorization": f"{scheme} {access_token(sub=user)}"}

    assert (await client.get("/things/mine", headers=headers)).json() == user


async def test_roles_open_what_they_should(client: httpx2.AsyncClient) -> None:
    for roles, status in [(["user"], 403), (["manager"], 200), (["user", "admin"], 200)]:
        headers = {"Authorization": f"Bearer {access_token(roles=roles)}"}
        assert (await client.get("/things/managed", headers=headers)).status_code == status


async def test_before_the_password_change_little_is_open(client: httpx2.AsyncClient) -> None:
    token = access_token(password_change_required=True, roles=["admin"])
    headers = {"Authorization": f"Bearer {token}"}

    refused = await client.get("/things/mine", headers=headers)

    assert (refused.status_code, refused.json()["error"]) == (403, "password_change_required")
    assert (await client.get("/things/anyone", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("ä", False)],
)
async def test_a_harmless_request_id_is_kept(
    client: httpx2.AsyncClient, given: str, is_kept: bool
) -> None:
    response = await client.get("/health/live", headers=[(b"X-Request-Id", given.encode())])

    assert (response.headers["x-request-id"] == given) is is_kept


async def test_logs_are_json_with_the_request_id(caplog: pytest.LogCaptureFixture) -> None:
    config = logging_config(service="test", level="info")
    settings = config["formatters"]["json"]
    formatter = JsonFormatter(
        settings["format"],
        rename_fields=settings["rename_fields"],
        static_fields=settings["static_fields"],
        timestamp=settings["timestamp"],
    )
    record = logging.LogRecord("name", logging.INFO, "file", 1, "hello\nworld", None, None)
    RequestIdFilter().filter(record)

    line = formatter.format(record)

    assert "\n" not in line
    assert (
        json.loads(line).items()
        >= {
            "level": "INFO",
            "logger": "name",
            "message": "hello\nworld",
            "service": "test",
            "request_id": None,
        }.items()
    )


async def test_an_unexpected_error_is_logged_with_its_cause(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await client.get("/things/boom")

    assert "a secret of the inside" in caplog.text


async def test_readiness_follows_the_checks(app: FastAPI, client: httpx2.AsyncClient) -> None:
    async def fine() -> None:
        return

    async def broken() -> None:
        raise ConnectionError("postgres://user:secret@host")

    async def hanging() -> None:
        await asyncio.Event().wait()

    app.state.health_checks["fine"] = fine
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
    app.state.health_checks["broken"] = broken
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["error"]) == (503, "not_ready")
    assert "secret" not in response.text
    app.state.health_checks["broken"] = hanging
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/health/live")).json() == {"status": "ok"}


async def test_the_docs_page_runs_nothing_but_its_own(client: httpx2.AsyncClient) -> None:
    page = await client.get("/docs")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self' http://localhost:8000;" in policy
    assert "//" not in page.text.replace("<!DOCTYPE", "")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "initializer.js"):
        assert f"/docs/{name}" in page.text
        asset = await client.get(f"/docs/{name}")
        assert (asset.status_code, asset.headers["x-content-type-options"]) == (200, "nosniff")


async def test_the_document_tells_of_the_one_shape_and_where_to_sign_in(
    client: httpx2.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()

    flows = document["components"]["securitySchemes"]["OAuth2"]["flows"]
    assert flows["password"]["tokenUrl"] == "http://localhost:8000/token"
    assert "HTTPValidationError" not in document["components"]["schemas"]
    answers = document["paths"]["/things"]["get"]["responses"]
    for status in ("404", "422"):
        schema = answers[status]["content"]["application/json"]["schema"]
        assert schema["$ref"].endswith("/Problem")


async def test_head_is_answered_like_get(client: httpx2.AsyncClient) -> None:
    response = await client.head("/things?size=3")

    assert response.status_code == 200
    assert int(response.headers["content-length"]) > 0
