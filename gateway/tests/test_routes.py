"""Which routes there are and for whom, and the paths that are none."""

from importlib import import_module

import pytest

from gateway.route import Access, Route
from gateway.route_table import ROUTES, SERVICES, RouteTable
from gateway.routes.auth import AUTH
from gateway.routes.catalog import CATALOG, PRODUCTS
from gateway.routes.gateway import GATEWAY
from gateway.routes.mailing import MAILING, PUBLISHED
from gateway.routes.web import ROUTES as PAGES
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import connected, manager, request
from testing.gateway.raw_service import RawService
from testing.tokens import (
    access_token,
)

_OPEN_READS = [
    route
    for route in ROUTES
    if route.access is Access.OPEN and route.method == "GET" and route.service != GATEWAY
]


class TestRoutes:
    @pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
    async def test_each_route_is_served_and_asks_for_a_token_unless_open(
        self,
        gateway: RunningGateway,
        auth: RawService,
        catalog: RawService,
        mailing: RawService,
        route: Route,
    ) -> None:
        services = {AUTH: auth, CATALOG: catalog, MAILING: mailing}
        service = services.get(route.service)
        path = route.path.replace("{asset}", "swagger-ui.css").replace("{id}", "1")
        line = f"{route.method} {path}"
        stranger = await gateway.ask(line)
        signed_in = await gateway.ask(line, manager(roles=["blog_manager", "admin"]))
        assert (stranger.status == 401) == (route.access is not Access.OPEN)
        assert signed_in.status in {200, 307}
        if service is not None:
            passed = [seen.line for seen in service.seen if seen.line.startswith(line.encode())]
            assert len(passed) == 1 + (route.access is Access.OPEN)

    async def test_the_open_routes_are_these(self) -> None:
        assert {
            f"{route.method} {route.path}" for route in ROUTES if route.access is Access.OPEN
        } == {
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "POST /api/v1/auth/token",
            "POST /api/v1/auth/refresh",
            "POST /api/v1/auth/sign-in-link",
            "GET /api/v1/auth/sign-in-link/confirm",
            "POST /api/v1/auth/sign-in-link/confirm",
            "POST /api/v1/auth/revoke",
            "GET /api/v1/auth/email/confirm",
            "POST /api/v1/auth/email/confirm",
            "POST /api/v1/auth/password/forgot",
            "GET /api/v1/auth/password/reset",
            "POST /api/v1/auth/password/reset",
            "GET /api/v1/pictures/{name}",
            "GET /api/v1/home",
            "GET /api/v1/articles",
            "GET /api/v1/articles/feed.atom",
            "GET /api/v1/articles/addresses",
            "GET /api/v1/articles/{slug}",
            "GET /api/v1/unsubscribe/{token}",
            "POST /api/v1/unsubscribe/{token}",
            "GET /.well-known/jwks.json",
            "GET /.well-known/oauth-authorization-server",
            "GET /",
            "GET /docs",
            "GET /docs/{asset}",
            "GET /openapi.json",
            "GET /health/live",
            "GET /health/ready",
        }

    def test_whatever_may_change_products_outdates_them(self) -> None:
        below = [route for route in ROUTES if f"{route.path}/".startswith("/api/v1/products/")]
        changing = [route for route in below if route.method != "GET"]
        assert {route.path for route in changing if route.cache != PRODUCTS} == {
            "/api/v1/products/{id}/stock"  # which no product shows
        }

    def test_only_what_the_table_decides_alone_is_kept(self) -> None:
        kept = {route.path for route in ROUTES if route.method == "GET" and route.cache}
        assert kept == {
            "/api/v1/products",
            "/api/v1/products/{id}",
            "/api/v1/home",
            "/api/v1/articles",
            "/api/v1/articles/feed.atom",
            "/api/v1/articles/addresses",
            "/api/v1/articles/{slug}",
        }

    def test_whatever_may_change_what_is_published_outdates_it(self) -> None:
        below = [route for route in ROUTES if f"{route.path}/".startswith("/api/v1/drafts/")]
        changing = [route for route in below if route.method != "GET"]
        assert {route.path for route in changing if route.cache != PUBLISHED} == {
            "/api/v1/drafts",  # these two make a draft, which nobody else sees
            "/api/v1/drafts/{id}/copy",
            "/api/v1/drafts/{id}/preview",
        }
        assert not any(route.cache for route in below if route.method == "GET")

    @pytest.mark.parametrize("route", _OPEN_READS, ids=lambda route: route.path)
    async def test_no_open_page_is_asked_for_with_a_token(
        self,
        gateway: RunningGateway,
        auth: RawService,
        catalog: RawService,
        mailing: RawService,
        route: Route,
    ) -> None:
        await gateway.ask(f"GET {route.path}", manager(), "cookie: a=b")
        services = {AUTH: auth, CATALOG: catalog, MAILING: mailing}
        asked = [s for s in services[route.service].seen if route.path.encode() in s.line]
        assert len(asked) == 1
        assert asked[0].values(b"authorization") == asked[0].values(b"cookie") == []

    async def test_head_follows_get(self, gateway: RunningGateway, catalog: RawService) -> None:
        reply = await gateway.ask_signed_in("HEAD /api/v1/products?page=2")
        assert (reply.status, reply.values(b"content-length")) == (200, [b"2"])
        assert catalog.seen[0].line == b"HEAD /api/v1/products?page=2 HTTP/1.1"

    @pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/health/live"])
    async def test_head_follows_get_on_own_pages(self, gateway: RunningGateway, path: str) -> None:
        async with connected(gateway.port) as client:
            head = await client.ask(request(f"HEAD {path}"))
            get = await client.ask(request(f"GET {path}"))
        assert (head.status, head.body) == (get.status, b"")
        assert head.values(b"content-length") == get.values(b"content-length")

    @pytest.mark.parametrize(
        "line",
        [
            "GET /nowhere",
            "GET /internal/revocations",
            "GET /internal",
            "GET /mailboxes/anna@example.com/letters",
            "GET /api/v1/users/1/sessions/2/3",
            "GET /api/v1/auth/sessions/1/2",
        ],
    )
    async def test_an_unknown_path_is_a_404_with_a_token(
        self, gateway: RunningGateway, auth: RawService, line: str
    ) -> None:
        reply = await gateway.ask_signed_in(line)
        assert (reply.status, reply.json()["error"]) == (404, "not_found")
        assert auth.accepted == 0

    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/api/v1/users/me", {"GET", "HEAD", "PATCH", "DELETE"}),
            ("/api/v1/users/me/email", {"POST"}),
            ("/api/v1/users/you", {"GET", "HEAD", "PATCH", "DELETE"}),
            ("/api/v1/users/you/email", set()),
            ("/api/v1/audit/export", {"GET", "HEAD"}),
        ],
    )
    def test_a_path_without_a_parameter_goes_before_one_with_one(
        self, path: str, methods: set[str]
    ) -> None:
        found = RouteTable().at(path.encode())
        assert found.keys() == methods
        assert {"{" in route.path for route in found.values()} <= {"you" in path}

    async def test_a_wrong_method_is_a_405_with_a_token(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask_signed_in("DELETE /api/v1/products")
        assert (reply.status, reply.json()["error"]) == (405, "method_not_allowed")
        assert reply.values(b"allow") == [b"GET, HEAD, OPTIONS, POST"]

    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/products/../users",
            "/api/v1/products/.",
            "/./docs",
            "/docs/..",
            "/api/v1/%2e%2e/users",
            "/api/v1/%2E/users",
            "/api/v1%2fproducts",
            "/api/v1%5cproducts",
            "/api\\v1",
            "//api/v1/products",
            "/api//v1",
            "/docs;a=b",
            "/docs%00",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    async def test_a_path_that_others_may_read_differently_is_refused_before_anything_else(
        self, gateway: RunningGateway, path: str, method: str
    ) -> None:
        reply = await gateway.ask(f"{method} {path}", "origin: https://shop.example")
        assert (reply.status, reply.json()["error"]) == (400, "bad_path")


class TestPasswordChange:
    @pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
    async def test_a_restricted_token_opens_only_what_is_marked(
        self, gateway: RunningGateway, auth: RawService, catalog: RawService, route: Route
    ) -> None:
        token = access_token(password_change_required=True)
        path = route.path.replace("{asset}", "swagger-ui.css").replace("{id}", "1")
        reply = await gateway.ask(f"{route.method} {path}", f"authorization: Bearer {token}")
        if route.access is Access.SIGNED_IN:
            assert (reply.status, reply.json()["error"]) == (403, "password_change_required")
            assert catalog.accepted == 0
        else:
            assert reply.status in {200, 307}

    def test_the_marked_ones_are_these(self) -> None:
        marked = [route for route in ROUTES if route.access is Access.BEFORE_PASSWORD_CHANGE]
        assert {f"{route.method} {route.path}" for route in marked} == {
            "POST /api/v1/auth/logout",
            "POST /api/v1/auth/password/change",
            "GET /api/v1/users/me",
        }

    async def test_it_does_not_reveal_what_exists(self, gateway: RunningGateway) -> None:
        token = access_token(password_change_required=True)
        reply = await gateway.ask("GET /nowhere", f"authorization: Bearer {token}")
        assert (reply.status, reply.json()["error"]) == (403, "password_change_required")


@pytest.mark.parametrize("service", SERVICES)
def test_a_module_has_the_routes_of_the_service_that_it_is_named_for(service: str) -> None:
    module = import_module(f"gateway.routes.{service}")
    assert {route.service for route in module.ROUTES} <= {service}
    assert {*module.ROUTES} <= {*ROUTES, *PAGES}
