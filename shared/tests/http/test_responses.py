"""What every application answers: errors in one shape, pages, documents."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from shared.http.pagination import PageParams


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


@pytest.mark.parametrize("coding", ["gzip", "identity, GZIP", ", x"])
async def test_an_encoded_body_is_a_415_that_says_what_is_taken(
    client: httpx2.AsyncClient, coding: str
) -> None:
    for content in (b"hello", aiter_of(b"hello")):
        response = await client.post(
            "/things/mine", content=content, headers={"Content-Encoding": coding}
        )
        assert (response.status_code, response.json()["error"]) == (415, "unsupported_encoding")
        assert response.headers["accept-encoding"] == "identity"
        assert response.headers["x-request-id"]


@pytest.mark.parametrize(("coding", "content"), [("identity", b"hello"), ("gzip", b"")])
async def test_a_body_that_is_itself_or_none_is_read(
    client: httpx2.AsyncClient, coding: str, content: bytes
) -> None:
    response = await client.post(
        "/things/mine", content=content, headers={"Content-Encoding": coding}
    )
    assert response.status_code == 405  # as without the field


async def aiter_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


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


async def test_the_docs_page_calls_nothing_but_where_it_comes_from(
    client: httpx2.AsyncClient,
) -> None:
    """Its policy lets it call nothing else, whatever servers the document names."""
    initializer = (await client.get("/docs/initializer.js")).text

    assert "servers: [{ url: location.origin }]" in initializer


async def test_the_document_has_the_one_shape_and_where_to_sign_in(
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
