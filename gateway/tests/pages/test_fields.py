"""Cookies, and the policies that browsers get with a page."""

import pytest

from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import IMPORT, PRODUCTS, manager
from testing.gateway.raw_service import RawService, repeat

COOKIE = ("cookie: vitrina=abc; a=1", "cookie: language=ru")
API = [
    "GET /api/v1/products",
    "GET /api/v1/orders",
    "POST /api/v1/auth/login",
    "GET /api/v1/unsubscribe/x",
    "GET /.well-known/jwks.json",
]


async def test_cookies_go_to_the_web_service(site: RunningGateway, web: RawService) -> None:
    await site.ask("GET /products", *COOKIE)
    await site.ask("POST /cart", *COOKIE, body=b"x")
    for seen in web.seen:
        assert seen.values(b"cookie") == [b"vitrina=abc; a=1", b"language=ru"]


@pytest.mark.parametrize("line", API)
async def test_cookies_go_nowhere_else(
    site: RunningGateway, auth: RawService, catalog: RawService, mailing: RawService, line: str
) -> None:
    assert (await site.ask_signed_in(line, *COOKIE)).status == 200
    passed = [seen for service in (auth, catalog, mailing) for seen in service.seen]
    (seen,) = [seen for seen in passed if seen.line.startswith(line.encode())]
    assert b"cookie" not in seen.head.lower()


async def test_cookies_named_by_connection_end_here(site: RunningGateway, web: RawService) -> None:
    await site.ask("GET /products", *COOKIE, "connection: cookie")
    assert web.seen[0].values(b"cookie") == []


async def test_several_cookies_come_back_as_they_are(site: RunningGateway, web: RawService) -> None:
    fields = "Set-Cookie: vitrina=1; HttpOnly\r\nset-cookie: language=ru\r\nSet-Cookie: c=\r\n"
    web.script = repeat(lambda peer: peer.answer(fields=fields))
    for line in ("GET /", "POST /users/login/", "HEAD /"):
        reply = await site.ask(line)
        cookies = [b"vitrina=1; HttpOnly", b"language=ru", b"c="]
        assert reply.values(b"set-cookie") == cookies


@pytest.mark.parametrize("line", [*API, IMPORT])
async def test_a_service_of_the_api_sets_none(
    site: RunningGateway, auth: RawService, catalog: RawService, mailing: RawService, line: str
) -> None:
    for service in (auth, catalog, mailing):
        service.script = repeat(
            lambda peer: peer.answer(fields="Set-Cookie: a=1\r\nSet-Cookie2: b=2\r\nx-kept: c\r\n")
        )
    reply = await site.ask(line, manager(), body=b"{}" if line.startswith("POST") else b"")
    assert (reply.status, reply.values(b"x-kept")) == (200, [b"c"])
    assert reply.values(b"set-cookie") + reply.values(b"set-cookie2") == []


async def test_browsers_get_what_the_web_service_says(
    site: RunningGateway, web: RawService
) -> None:
    said = {
        "content-security-policy": "sandbox; frame-ancestors 'self'",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "clear-site-data": '"cache"',
        "cache-control": "no-store",
        "vary": "Accept-Language",
    }
    fields = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    web.script = repeat(lambda peer: peer.answer(fields=fields))
    for line in ("GET /message/7/preview/", "POST /message/7/preview/"):
        reply = await site.ask(line)
        for name, value in said.items():
            assert value.encode() in reply.values(name.encode()), name
        assert len(reply.values(b"content-security-policy")) == 1
        assert len(reply.values(b"referrer-policy")) == 1
        assert reply.values(b"x-content-type-options") == [b"nosniff"]


async def test_where_it_says_nothing_the_gateway_does_not_either(
    site: RunningGateway, web: RawService
) -> None:
    reply = await site.ask("GET /")
    assert reply.values(b"content-security-policy") + reply.values(b"referrer-policy") == []


async def test_what_only_the_gateway_says_stays_so(site: RunningGateway, web: RawService) -> None:
    fields = "server: x\r\nstrict-transport-security: max-age=1\r\nx-request-id: theirs\r\n"
    fields += "gateway-cache-control: max-age=60\r\naccess-control-allow-origin: *\r\n"
    web.script = repeat(lambda peer: peer.answer(fields=fields))
    reply = await site.ask("GET /", "x-request-id: mine-of-this-request")
    assert reply.values(b"x-request-id") == [b"mine-of-this-request"]
    for name in ("server", "strict-transport-security", "gateway-cache-control"):
        assert reply.values(name.encode()) == []
    assert reply.values(b"access-control-allow-origin") == []


async def test_nothing_of_it_is_kept(site: RunningGateway, web: RawService) -> None:
    web.script = repeat(lambda peer: peer.answer(fields="gateway-cache-control: max-age=60\r\n"))
    for _ in range(3):
        assert (await site.ask("GET /products")).status == 200
    assert len(web.seen) == 3


async def test_it_learns_who_asks(site: RunningGateway, web: RawService) -> None:
    said = ("x-forwarded-for: 6.6.6.6", "x-forwarded-proto: https", "x-forwarded-host: evil")
    await site.ask("POST /cart", *said, "x-user-id: 1", "sec-fetch-site: same-origin", body=b"x")
    (seen,) = web.seen
    assert seen.values(b"x-forwarded-for") == [b"127.0.0.1"]
    assert seen.values(b"x-forwarded-proto") == [b"http"]
    assert seen.values(b"x-forwarded-host") == [b"shop.example"]
    assert seen.values(b"sec-fetch-site") == [b"same-origin"]
    assert seen.values(b"x-user-id") == []


async def test_an_api_request_with_a_cookie_is_served_from_the_cache(
    shop: RunningGateway, catalog: RawService
) -> None:
    """It changes nothing for a client of the API that has one."""
    for fields in ((), COOKIE, ()):
        assert (await shop.ask_signed_in(PRODUCTS, *fields)).status == 200
    assert len(catalog.seen) == 1
