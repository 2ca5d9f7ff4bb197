"""What reaches the services, on the wire."""

import pytest

from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import LOGIN, PRODUCTS, connected, request
from testing.gateway.raw_service import RawService


class TestRequests:
    @pytest.mark.parametrize(
        "target",
        [
            "/api/v1/products?page=2&q=%D0%BA%20%2e%2e/",
            "/api/v1/products?",
            "/api/v1/products?a=//..;\\&b=%00",
            "/api/v1/products/%41%20b",
            "/api/v1/products/caf%C3%A9!$&'()*+,=:@~",
        ],
    )
    async def test_the_target_goes_through_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService, target: str
    ) -> None:
        assert (await gateway.ask_signed_in(f"GET {target}")).status == 200
        assert catalog.seen[0].line == f"GET {target} HTTP/1.1".encode()

    async def test_fields_go_through_in_order_and_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        await gateway.ask_signed_in(
            PRODUCTS, "accept: a/b", "x-note: caf\xe9", "accept: c/d", 'if-none-match: W/"1"'
        )
        passed = [field for field in catalog.seen[0].fields if field[0] != b"authorization"]
        assert passed[1:5] == [
            (b"accept", b"a/b"),
            (b"x-note", b"caf\xe9"),
            (b"accept", b"c/d"),
            (b"if-none-match", b'W/"1"'),
        ]

    async def test_the_gateway_says_who_asks(
        self, gateway: RunningGateway, catalog: RawService, settings: object
    ) -> None:
        reply = await gateway.ask_signed_in(PRODUCTS, "x-request-id: my-id.1")
        seen = catalog.seen[0]
        assert seen.values(b"host") == [f"127.0.0.1:{catalog.port}".encode()]
        assert seen.values(b"x-forwarded-for") == [b"127.0.0.1"]
        assert seen.values(b"x-forwarded-proto") == [b"http"]
        assert seen.values(b"x-forwarded-host") == [b"shop.example"]
        assert seen.values(b"x-request-id") == [b"my-id.1"] == reply.values(b"x-request-id")
        assert len(seen.values(b"authorization")) == 1

    @pytest.mark.parametrize("bad", ["", "a" * 65, "a b", "x\xe9", "{}"])
    async def test_a_strange_request_id_is_replaced(
        self, gateway: RunningGateway, catalog: RawService, bad: str
    ) -> None:
        reply = await gateway.ask_signed_in(PRODUCTS, f"x-request-id: {bad}")
        (made,) = reply.values(b"x-request-id")
        assert made != bad.encode("latin-1")
        assert len(made) == 32
        assert catalog.seen[0].values(b"x-request-id") == [made]

    @pytest.mark.parametrize(
        "name",
        ["X-User-Id", "x-user-roles", "X_User_Id", "X-Forwarded-For", "X-Forwarded-Prefix",
         "X_Forwarded_Host", "Forwarded", "X-Real-IP", "x_real_ip", "X-Roles", "any_thing",
         "X-Remote-User", "X-Original-URL", "True-Client-IP"],
    )  # fmt: skip
    async def test_who_somebody_is_only_the_gateway_says(
        self, gateway: RunningGateway, auth: RawService, catalog: RawService, name: str
    ) -> None:
        fillers = [f"x-filler-{number}: 1" for number in range(120)]
        forged = [f"{name}: evil", *fillers, f"{name.lower()}: evil"]
        await gateway.ask_signed_in(PRODUCTS, *forged)
        await gateway.ask(LOGIN, *forged, body=b"{}")
        (asked,) = [seen for seen in auth.seen if b"login" in seen.line]
        for seen in (catalog.seen[0], asked):
            assert b"x-filler-119" in seen.head
            assert b"evil" not in seen.head

    @pytest.mark.parametrize(
        "fields",
        [
            ["connection: keep-alive, x-secret, te", "x-secret: evil", "te: evil"],
            ["connection: X-Secret", "connection: x-other", "x-secret: evil", "x-other: evil"],
            ["keep-alive: evil"],
            ["proxy-connection: evil", "proxy-authorization: evil"],
            ["upgrade: evil"],
            ["te: evil", "trailer: evil"],
            ["expect: evil"],
        ],
    )
    async def test_what_concerns_one_hop_ends_here(
        self, gateway: RunningGateway, catalog: RawService, fields: list[str]
    ) -> None:
        await gateway.ask_signed_in(PRODUCTS, *fields, "accept: kept/as-it-is")
        assert b"evil" not in catalog.seen[0].head
        assert catalog.seen[0].values(b"connection") == []
        assert catalog.seen[0].values(b"accept") == [b"kept/as-it-is"]

    async def test_the_length_cannot_be_named_away(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        fields = ["connection: content-length, host, x-request-id"]
        assert (await gateway.ask(LOGIN, *fields, body=b"hello")).status == 200
        assert auth.seen[-1].body == b"hello"
        assert auth.seen[-1].values(b"content-length") == [b"5"]

    async def test_trailers_do_not_become_fields(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            head = request(LOGIN, "transfer-encoding: chunked")
            reply = await client.ask(head + b"2\r\nhi\r\n0\r\nX-Note: evil\r\nAccept: evil\r\n\r\n")
        assert reply.status == 200
        assert auth.seen[-1].body == b"hi"
        assert b"evil" not in auth.seen[-1].head

    async def test_an_empty_body_stays_one(self, gateway: RunningGateway, auth: RawService) -> None:
        await gateway.ask(LOGIN, "content-length: 0")
        await gateway.ask(LOGIN)
        given = [seen.values(b"content-length") for seen in auth.seen if b"login" in seen.line]
        assert given == [[b"0"], []]
