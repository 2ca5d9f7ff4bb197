"""One document for everything behind the gateway."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import Mock

import httpx2
import pytest
from fastapi import FastAPI

from gateway.main import build_pages
from gateway.openapi.merge import merge
from gateway.openapi.page import OpenApiPage
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running
from gateway.upstream.limits import Limits
from gateway.upstream.pool import Upstream
from testing.gateway.raw_service import Peer, RawService, Script, keep_silent

Document = dict[str, Any]


def service_document(
    path: str, method: str, *, shape: str = "string", **operation: Any
) -> Document:
    """Return a document with one operation that responds with the schema `Thing`."""
    reference = {"$ref": "#/components/schemas/Thing"}
    content = {"application/json": {"schema": {"type": "array", "items": reference}}}
    responses = {"200": {"description": "ok", "content": content}}
    flows = {"password": {"tokenUrl": "http://localhost:8001/token", "scopes": {}}}
    return {
        "openapi": "3.1.0",
        "paths": {path: {method: {"responses": responses, **operation}}, "/internal": {"get": {}}},
        "components": {
            "schemas": {"Thing": {"type": shape}},
            "securitySchemes": {"OAuth2": {"type": "oauth2", "flows": flows}},
        },
    }


AUTH = service_document("/api/v1/auth/login", "post", requestBody={}, security=[{"OAuth2": []}])
CATALOG = service_document("/api/v1/products/{product_id}", "get", shape="object")
OWN: Document = {"openapi": "3.1.0", "info": {"title": "Vitrina"}, "paths": {"/health/live": {}}}


class TestMerge:
    def test_operations_come_from_the_route_table_whatever_their_parts_are_called(self) -> None:
        merged = merge(OWN, AUTH, CATALOG, {})
        assert list(merged["paths"]) == [
            "/health/live",
            "/api/v1/auth/login",
            "/api/v1/products/{product_id}",
        ]

    def test_its_parts_are_not_changed(self) -> None:
        before = json.dumps([OWN, AUTH, CATALOG])
        merge(OWN, AUTH, CATALOG, {})
        assert json.dumps([OWN, AUTH, CATALOG]) == before

    def test_a_name_that_means_two_things_is_renamed_with_all_its_references(self) -> None:
        merged = merge(OWN, AUTH, CATALOG, {})
        schemas = merged["components"]["schemas"]
        assert (schemas["Thing"], schemas["CatalogThing"]) == (
            {"type": "string"},
            {"type": "object"},
        )
        operation = merged["paths"]["/api/v1/products/{product_id}"]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["items"]["$ref"] == "#/components/schemas/CatalogThing"

    def test_a_name_that_means_one_thing_is_kept(self) -> None:
        same = service_document("/api/v1/products", "get")
        assert set(merge(OWN, AUTH, same, {})["components"]["schemas"]) == {"Thing"}

    def test_it_says_who_may_use_what_and_where_to_sign_in(self) -> None:
        merged = merge(OWN, AUTH, CATALOG, {})
        assert merged["paths"]["/api/v1/auth/login"]["post"]["security"] == []
        product = merged["paths"]["/api/v1/products/{product_id}"]["get"]
        assert product["security"] == [{"OAuth2": []}]
        password = merged["components"]["securitySchemes"]["OAuth2"]["flows"]["password"]
        assert password["tokenUrl"] == "/api/v1/auth/token"

    def test_it_keeps_what_the_services_say_of_themselves(self) -> None:
        own = {**OWN, "info": {"title": "Vitrina", "description": "A door."}}
        catalog = {**CATALOG, "info": {"title": "Catalog", "description": "Prices are in RUB."}}
        merged = merge(own, AUTH, catalog, {})
        assert merged["info"] == {
            "title": "Vitrina",
            "description": "A door.\n\nPrices are in RUB.",
        }

    def test_what_no_shown_operation_needs_is_left_out(self) -> None:
        letter, thing = {"type": "object"}, {"$ref": "#/components/schemas/Part"}
        schemas = {"Letter": letter, "Thing": {"items": thing}, "Part": {"type": "string"}}
        auth = {**AUTH, "components": {"schemas": schemas}}
        assert set(merge(OWN, auth, {}, {})["components"]["schemas"]) == {"Thing", "Part"}

    def test_it_says_how_the_gateway_itself_may_respond(self) -> None:
        merged = merge(OWN, AUTH, CATALOG, {})
        login = merged["paths"]["/api/v1/auth/login"]["post"]["responses"]
        product = merged["paths"]["/api/v1/products/{product_id}"]["get"]["responses"]
        assert set(login) == {"200", "429", "413", "502", "503", "504"}
        assert set(product) == {"200", "400", "429", "401", "403", "502", "503", "504"}
        unauthorized = product["401"]["content"]["application/json"]["schema"]["$ref"]
        assert unauthorized.endswith("/UnauthorizedProblem")

    def test_without_the_services_there_is_still_a_document(self) -> None:
        merged = merge(OWN, {}, {}, {})
        assert list(merged["paths"]) == ["/health/live"]
        assert "OAuth2" in merged["components"]["securitySchemes"]


@pytest.fixture
def page(auth: RawService, catalog: RawService, monkeypatch: pytest.MonkeyPatch) -> OpenApiPage:
    """The gateway's pages in front of two services that show their documents."""
    auth.script, catalog.script = showing(AUTH), showing(CATALOG)
    for service in (auth, catalog):
        monkeypatch.setattr(service, "shows_document", True)
    upstreams = {
        service: Upstream(raw.url, Limits(tick=0.02, response_timeout=0.2))
        for service, raw in (("auth", auth), ("catalog", catalog))
    }
    return OpenApiPage(build_pages(no_lifespan, public_url="https://shop.example"), upstreams)


def showing(document: object) -> Script:
    """Return the script of a service that responds to everything with this."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.answer(json.dumps(document).encode())

    return script


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Do nothing."""
    yield


async def fetch(page: OpenApiPage) -> Document:
    """Ask the page for the document."""
    transport = httpx2.ASGITransport(app=page)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
        document: Document = (await client.get("/openapi.json")).json()
        return document


class TestPage:
    @pytest.mark.parametrize(
        ("public_url", "server"),
        [
            ("https://shop.example", "https://shop.example"),
            ("http://localhost:8000", "/"),
            ("http://127.0.0.1:8000", "/"),
            ("http://[::1]:8000", "/"),
        ],
    )
    def test_the_server_is_the_public_address_unless_that_is_this_machine(
        self, public_url: str, server: str
    ) -> None:
        pages = build_pages(no_lifespan, public_url=public_url)
        assert pages.openapi()["servers"] == [{"url": server}]

    async def test_it_has_the_operations_of_the_services(self, page: OpenApiPage) -> None:
        document = await fetch(page)
        assert "/api/v1/auth/login" in document["paths"]
        assert "/api/v1/products/{product_id}" in document["paths"]
        assert "/health/live" in document["paths"]

    async def test_the_services_are_not_asked_each_time(
        self, page: OpenApiPage, auth: RawService
    ) -> None:
        for _ in range(3):
            await fetch(page)
        assert len([seen for seen in auth.seen if b"openapi" in seen.line]) == 1

    async def test_it_is_kept(self, page: OpenApiPage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.openapi.page.STALE_AFTER", 0.0)
        monkeypatch.setattr("gateway.openapi.page.merge", merging := Mock(wraps=merge))
        assert await fetch(page) == await fetch(page)
        assert merging.call_count == 1

    async def test_it_is_asked_for_again_when_stale(
        self, page: OpenApiPage, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.openapi.page.STALE_AFTER", 0.0)
        await fetch(page)
        await catalog.forget()
        catalog.script = showing(service_document("/api/v1/products", "get"))
        assert "/api/v1/products" in (await fetch(page))["paths"]

    @pytest.mark.parametrize("answer", [None, [], {"no": "paths"}, "x" * 5_000_000])
    async def test_the_last_good_one_is_kept(
        self,
        page: OpenApiPage,
        catalog: RawService,
        monkeypatch: pytest.MonkeyPatch,
        answer: object,
    ) -> None:
        monkeypatch.setattr("gateway.openapi.page.STALE_AFTER", 0.0)
        before = await fetch(page)
        await catalog.forget()
        catalog.script = keep_silent if answer is None else showing(answer)
        assert await fetch(page) == before

    async def test_without_the_services_there_is_still_a_page(
        self, page: OpenApiPage, auth: RawService, catalog: RawService
    ) -> None:
        auth.script = catalog.script = keep_silent
        assert "/health/live" in (await fetch(page))["paths"]


class TestRunning:
    async def test_the_docs_need_no_internet(self, gateway: RunningGateway) -> None:
        docs = await gateway.ask("GET /docs")
        assert (docs.status, docs.values(b"content-type")) == (200, [b"text/html; charset=utf-8"])
        assert b"default-src 'none'" in docs.values(b"content-security-policy")[0]
        assert (await gateway.ask("GET /docs/swagger-ui-bundle.js")).status == 200
        assert (await gateway.ask("GET /docs/nothing.js")).json()["error"] == "not_found"

    async def test_the_root_leads_to_the_docs(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask("GET /")
        assert (reply.status, reply.values(b"location")) == (307, [b"/docs"])

    async def test_the_document_is_there(self, gateway: RunningGateway) -> None:
        assert (await gateway.ask("GET /openapi.json")).json()["info"]["title"] == "Vitrina"

    async def test_not_ready_without_keys(
        self, settings: GatewaySettings, auth: RawService
    ) -> None:
        auth.script = keep_silent
        async with running(settings) as gateway:
            assert (await gateway.ask("GET /health/live")).status == 200
            reply = await gateway.ask("GET /health/ready")
            assert (reply.status, reply.json()["error"]) == (503, "not_ready")
            for reply in (
                await gateway.ask_signed_in("GET /api/v1/products"),
                await gateway.ask_signed_in("GET /nowhere"),
            ):
                assert (reply.status, reply.json()["error"]) == (503, "service_unavailable")
            assert (await gateway.ask("GET /api/v1/products")).status == 401
