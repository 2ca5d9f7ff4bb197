"""What every response asks of browsers, and methods and protocols that are none of a service's."""

from collections.abc import AsyncIterator

import pytest
from pydantic import ValidationError

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running
from testing.gateway.raw_client import LOGIN, PRODUCTS, Reply, ask, request, signed_in
from testing.gateway.raw_service import Peer, RawService, repeat

HSTS = b"strict-transport-security"


def assert_secured(reply: Reply) -> None:
    assert reply.values(b"x-content-type-options") == [b"nosniff"]
    assert reply.values(b"referrer-policy") == [b"no-referrer"]
    policies = b"; ".join(reply.values(b"content-security-policy"))
    assert b"frame-ancestors 'none'" in policies


class TestEveryResponse:
    @pytest.mark.parametrize(
        "data",
        [
            request("GET /docs"),
            request("GET /docs/swagger-ui.css"),
            request("GET /health/live"),
            request("GET /"),
            request(PRODUCTS),
            signed_in(PRODUCTS),
            signed_in("GET /nowhere"),
            request(LOGIN, body=b"{}"),
            request("OPTIONS /docs", "origin: a", "access-control-request-method: GET"),
            request("GET /docs/.."),
            b"GARBAGE\r\n\r\n",
        ],
    )
    async def test_it_says_what_browsers_should_not_do(
        self, gateway: RunningGateway, data: bytes
    ) -> None:
        reply = await ask(gateway.port, data)
        assert_secured(reply)
        assert reply.values(HSTS) == []

    async def test_a_service_says_nothing_else(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = "X-Content-Type-Options: no\r\nReferrer-Policy: unsafe-url\r\n"
        fields += "Strict-Transport-Security: max-age=1\r\n"
        catalog.script = repeat(lambda peer: peer.answer(fields=fields))
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert_secured(reply)
        assert reply.values(HSTS) == []

    async def test_a_page_may_say_more(self, gateway: RunningGateway, auth: RawService) -> None:
        async def show_page(peer: Peer) -> None:
            fields = "content-type: text/html\r\ncontent-security-policy: default-src 'none'\r\n"
            await peer.answer(b"<p>", fields=fields)

        auth.script = repeat(show_page)
        reply = await gateway.ask("GET /api/v1/auth/email/confirm")
        assert reply.values(b"content-security-policy")[0] == b"default-src 'none'"
        assert_secured(reply)


class TestTransportSecurity:
    @pytest.fixture
    async def https(
        self, settings: GatewaySettings, auth: RawService
    ) -> AsyncIterator[RunningGateway]:
        changes = {"public_url": "https://shop.example", "hsts_max_age": 3600}
        async with running(settings.model_copy(update=changes)) as gateway:
            yield gateway

    async def test_it_is_asked_for_where_it_is_wanted(self, https: RunningGateway) -> None:
        assert (await https.ask("GET /health/live")).values(HSTS) == [b"max-age=3600"]

    def test_it_is_refused_without_https(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INTERNAL_SECRETS", '["' + "x" * 32 + '"]')
        monkeypatch.setenv("GATEWAY_HSTS_MAX_AGE", "3600")
        with pytest.raises(ValidationError, match="needs a PUBLIC_URL with https"):
            GatewaySettings()
        monkeypatch.setenv("PUBLIC_URL", "https://shop.example")
        assert GatewaySettings().hsts_max_age == 3600


class TestOptions:
    async def test_a_stranger_learns_nothing(self, gateway: RunningGateway) -> None:
        for path in ("/api/v1/products", "/api/v1/auth/login", "/nowhere"):
            assert (await gateway.ask(f"OPTIONS {path}")).status == 401

    async def test_without_a_preflight_it_lists_the_methods(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        reply = await gateway.ask_signed_in("OPTIONS /api/v1/cart")
        assert (reply.status, reply.body) == (204, b"")
        assert reply.values(b"allow") == [b"DELETE, GET, HEAD, OPTIONS"]
        assert (await gateway.ask_signed_in("OPTIONS /nowhere")).status == 404
        assert catalog.accepted == 0


class TestWebSocket:
    HANDSHAKE = (
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version: 13",
    )

    @pytest.mark.parametrize("path", ["/api/v1/products", "/docs", "/nowhere"])
    async def test_a_handshake_is_refused_and_reaches_no_service(
        self, gateway: RunningGateway, catalog: RawService, path: str
    ) -> None:
        for reply in (
            await gateway.ask(f"GET {path}", *self.HANDSHAKE),
            await gateway.ask_signed_in(f"GET {path}", *self.HANDSHAKE),
        ):
            assert reply.status == 501
            assert reply.json() == {
                "code": 501,
                "message": "Nothing here speaks WebSocket.",
                "error": "websocket_refused",
            }
        assert catalog.accepted == 0
