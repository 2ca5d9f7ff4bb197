"""Who may read responses in a browser."""

import pytest

from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import PRODUCTS
from testing.gateway.raw_service import Peer, RawService


class TestCrossOrigin:
    PREFLIGHT = "access-control-request-method: GET"

    @pytest.mark.parametrize("path", ["/api/v1/products", "/nowhere", "/docs"])
    async def test_a_preflight_gets_the_same_response_for_every_path_before_the_token_check(
        self, gateway: RunningGateway, path: str
    ) -> None:
        reply = await gateway.ask(f"OPTIONS {path}", "origin: https://shop.example", self.PREFLIGHT)
        assert (reply.status, reply.body) == (204, b"")
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert b"Authorization" in reply.values(b"access-control-allow-headers")[0]
        assert reply.values(b"vary") == [b"Origin"]
        assert reply.values(b"access-control-allow-credentials") == []

    @pytest.mark.parametrize(
        "origins", [["https://evil.example"], ["null"], ["https://shop.example"] * 2]
    )
    async def test_another_origin_gets_no_cors_fields(
        self, gateway: RunningGateway, origins: list[str]
    ) -> None:
        fields = [f"origin: {origin}" for origin in origins]
        reply = await gateway.ask("OPTIONS /docs", *fields, self.PREFLIGHT)
        assert reply.status == 204
        assert not [name for name, _ in reply.fields if name.startswith(b"access-control")]

    @pytest.mark.parametrize(
        "line", ["GET /nowhere", "GET /docs", "GET /docs/..", "POST /api/v1/auth/login"]
    )
    async def test_every_response_is_readable_for_a_listed_origin(
        self, gateway: RunningGateway, line: str
    ) -> None:
        reply = await gateway.ask(line, "origin: https://shop.example")
        if line == "GET /docs/..":  # refused, but still by us
            assert reply.status == 400
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert b"Origin" in reply.values(b"vary")
        [exposed] = reply.values(b"access-control-expose-headers")
        assert {b"ETag", b"Idempotent-Replayed", b"Link", b"Location"} <= set(exposed.split(b", "))

    async def test_a_service_does_not_decide_who_may_read(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def allow_everyone(peer: Peer) -> None:
            await peer.request()
            await peer.answer(fields="Access-Control-Allow-Origin: *\r\nVary: Accept\r\n")

        catalog.script = allow_everyone
        reply = await gateway.ask_signed_in(PRODUCTS, "origin: https://evil.example")
        assert reply.values(b"access-control-allow-origin") == []
        assert reply.values(b"vary") == [b"Accept", b"Accept-Encoding", b"Origin"]
