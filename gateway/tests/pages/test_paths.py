"""Which paths are pages, and what may be asked of them."""

import pytest

from gateway.pages import is_page
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_service import RawService
from testing.tokens import access_token

ELSEWHERE = [
    "/api",
    "/api/",
    "/api/v1/products",
    "/api/v1/nowhere",
    "/internal",
    "/internal/revocations",
    "/.well-known",
    "/.well-known/nowhere",
    "/docs",
    "/docs/nowhere",
    "/openapi.json",
    "/openapi.json/x",
    "/health",
    "/health/live",
    "/metrics",
]
PAGES = [
    "/",
    "/products",
    "/products/7/",
    "/static/app.abc.css",
    "/apiary",
    "/documents",
    "/healthy",
    "/.env",
    "/API/v1/products",
    "/sending/caf%C3%A9/",
    "/users/login/?next=%2Fapi",
    "/a%20b",
]


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_a_path_that_is_no_page_stays_as_it_is(
    site: RunningGateway, gateway: RunningGateway, web: RawService, path: str
) -> None:
    assert not is_page(path.encode())
    for ask in ("ask", "ask_signed_in"):
        now, before = [await getattr(one, ask)(f"GET {path}") for one in (site, gateway)]
        assert (now.status, now.body) == (before.status, before.body)
        assert now.values(b"content-security-policy") == before.values(b"content-security-policy")
    assert web.seen == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_everything_else_is_the_web_services(
    site: RunningGateway, web: RawService, method: str, path: str
) -> None:
    reply = await site.ask(f"{method} {path}")
    assert (reply.status, reply.body) == (200, b"" if method == "HEAD" else b"ok")
    assert [seen.line for seen in web.seen] == [f"{method} {path} HTTP/1.1".encode()]


@pytest.mark.parametrize("path", PAGES[1:])
async def test_without_a_web_service_it_is_nobodys(gateway: RunningGateway, path: str) -> None:
    assert (await gateway.ask(f"GET {path}")).status == 401
    assert (await gateway.ask_signed_in(f"GET {path}")).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/products/", "/products/import/"])
async def test_another_method_is_a_405(
    site: RunningGateway, web: RawService, method: str, path: str
) -> None:
    reply = await site.ask(f"{method} {path}", "origin: https://shop.example")
    assert (reply.status, reply.values(b"allow")) == (405, [b"GET, HEAD, POST"])
    assert reply.values(b"content-type") == [b"text/html; charset=utf-8"]
    assert web.seen == []


async def test_no_script_of_another_origin_may_read_a_page(
    site: RunningGateway, web: RawService
) -> None:
    origin = "origin: https://shop.example"
    preflight = await site.ask("OPTIONS /products", origin, "access-control-request-method: GET")
    assert preflight.status == 405
    for reply in (preflight, await site.ask("GET /products", origin)):
        assert not [name for name, _ in reply.fields if name.startswith(b"access-control-")]


@pytest.mark.parametrize(
    "path",
    [
        "/products/../api",
        "/./products",
        "/products/%2e%2e/api",
        "/products%2fimport",
        "//products",
        "/products;a=b",
        "/products%00",
        "/pro\\ducts",
        # what the web service would read as a path that is no page
        "/%61pi/v1/products",
        "/%68ealth/ready",
        "/h%65alth/live",
        "/%69nternal/x",
        "/openapi%2Ejson",
        "/openapi.j%73on",
        "/%6detrics",
        "/%64ocs",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_a_path_that_others_may_read_differently_is_refused_before_anything_else(
    site: RunningGateway, web: RawService, auth: RawService, method: str, path: str
) -> None:
    reply = await site.ask(f"{method} {path}")
    assert reply.status == 400
    assert reply.values(b"content-type") == [b"text/html; charset=utf-8"]
    assert (web.seen, auth.seen) == ([], [])


async def test_a_page_needs_no_token_and_gets_none(site: RunningGateway, web: RawService) -> None:
    for token in (access_token(), access_token(exp=1), "nonsense"):
        reply = await site.ask("GET /products", f"authorization: Bearer {token}")
        assert reply.status == 200
        assert web.seen[-1].values(b"authorization") == []
        assert b"Bearer" not in web.seen[-1].head


async def test_a_handshake_of_websocket_is_refused(site: RunningGateway, web: RawService) -> None:
    fields = ("connection: Upgrade", "upgrade: websocket", "sec-websocket-key: x")
    reply = await site.ask("GET /products", *fields)
    assert (reply.status, web.seen) == (501, [])
    assert reply.values(b"content-type") == [b"text/html; charset=utf-8"]


async def test_an_upgrade_is_not_granted(site: RunningGateway, web: RawService) -> None:
    fields = ("connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: x")
    assert (await site.ask("GET /products", *fields)).status == 200
    assert web.seen[0].values(b"upgrade") == []
