"""Values of fields as people's clients, and what stands between, write them."""

import pytest

from gateway.compression.fields import accepts_gzip
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import MARK, MarkedCatalog
from testing.gateway.raw_client import LOGIN, PRODUCTS, RawClient, Reply, connected, request
from testing.gateway.raw_service import Peer, RawService
from testing.tokens import access_token

AROUND = ["{}", "{} ", "{}\t", "\t{}", " \t {}\t \t"]
"""White space that is no part of a value."""


class TestWhiteSpace:
    @pytest.mark.parametrize("around", AROUND)
    async def test_around_a_value_it_is_no_part_of_it(
        self, gateway: RunningGateway, catalog: RawService, around: str
    ) -> None:
        fields = {
            "authorization": f"Bearer {access_token()}",
            "x-request-id": "my-id.1",
            "if-none-match": '"tag"',
            "x-note": "a b",
        }
        given = [f"{name}:{around.format(value)}" for name, value in fields.items()]
        reply = await gateway.ask(PRODUCTS, *given)
        assert reply.status == 200
        assert reply.values(b"x-request-id") == [b"my-id.1"]
        for name, value in fields.items():
            assert catalog.seen[0].values(name.encode()) == [value.encode()]

    @pytest.mark.parametrize("around", AROUND)
    @pytest.mark.parametrize(
        "name", ["host", "content-length", "transfer-encoding", "origin", "expect"]
    )
    async def test_what_the_gateway_decides_by_is_read_without_it(
        self, gateway: RunningGateway, auth: RawService, name: str, around: str
    ) -> None:
        values = {"host": "shop.example", "content-length": "5"}
        body = b"hello"
        if name == "transfer-encoding":
            if around.endswith("\t"):
                pytest.skip("the parser takes no tab behind a coding")
            values = {"host": "shop.example", "transfer-encoding": "chunked"}
            body = b"5\r\nhello\r\n0\r\n\r\n"
        values |= {"origin": "https://shop.example"} if name == "origin" else {}
        values |= {"expect": "100-Continue"} if name == "expect" else {}
        values[name] = around.format(values[name])
        head = "".join(f"{field}:{value}\r\n" for field, value in values.items())
        data = f"{LOGIN} HTTP/1.1\r\n{head}\r\n".encode() + body
        async with connected(gateway.port) as client:
            reply = await client.ask(data)
            if reply.status == 100:
                reply = await client.reply()
        assert reply.status == 200
        assert auth.seen[-1].body == b"hello"
        allowed = reply.values(b"access-control-allow-origin")
        assert allowed == ([b"https://shop.example"] if name == "origin" else [])

    @pytest.mark.parametrize("folded", ["x-note: a\r\n b", "x-note: a \r\n\tb", "x-note:\r\n b"])
    async def test_a_folded_line_is_refused(self, gateway: RunningGateway, folded: str) -> None:
        assert (await gateway.ask_signed_in(PRODUCTS, folded)).status == 400

    async def test_what_services_write_is_passed_on_without_it(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def answer(peer: Peer) -> None:
            await peer.request()
            await peer.answer(b"", fields='etag: "x" \t\r\nx-note:\t a b \r\n')

        catalog.script = answer
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert reply.values(b"etag") == [b'"x"']
        assert reply.values(b"x-note") == [b"a b"]


class TestCredentials:
    @pytest.mark.parametrize("between", [" ", "  ", "        "])
    async def test_spaces_divide_scheme_and_token(
        self, gateway: RunningGateway, catalog: RawService, between: str
    ) -> None:
        field = f"authorization: bearer{between}{access_token()}"
        assert (await gateway.ask(PRODUCTS, field)).status == 200

    @pytest.mark.parametrize("between", ["", "\t", " \t", "\t "])
    async def test_nothing_else_does(self, gateway: RunningGateway, between: str) -> None:
        field = f"authorization: Bearer{between}{access_token()}"
        assert (await gateway.ask(PRODUCTS, field)).status == 401

    async def test_however_it_is_written_a_token_is_remembered_once(
        self, gateway: RunningGateway
    ) -> None:
        token = access_token(jti="written in many ways")
        known = gateway.app.authenticator.remembered
        for number in range(1, 6):
            await gateway.ask(PRODUCTS, f"authorization: Bearer{' ' * number}{token}")
        asked = gateway.app.authenticator.missed
        assert (await gateway.ask(PRODUCTS, f"authorization: Bearer   {token}")).status == 200
        assert gateway.app.authenticator.missed == asked
        assert gateway.app.authenticator.remembered == known + 1


class TestLists:
    @pytest.mark.parametrize(
        "lines",
        [
            ['if-none-match: "1",'],
            ['if-none-match: , "a,b" ,\t"1"'],
            ['if-none-match: "a"', "if-none-match: ", 'if-none-match: W/"1"'],
            ["if-none-match: *"],
            ['if-none-match: "a"', "if-none-match: *"],
        ],
    )
    async def test_a_kept_page_is_not_sent_to_whom_has_it(
        self, shop: RunningGateway, pages: MarkedCatalog, lines: list[str]
    ) -> None:
        pages.fields = MARK
        assert (await shop.ask_signed_in(PRODUCTS)).status == 200
        assert (await shop.ask_signed_in(PRODUCTS, *lines)).status == 304

    @pytest.mark.parametrize(
        "lines", [['if-none-match: "a,1"'], ['if-none-match: "a"', 'if-none-match: "b"'], [","]]
    )
    async def test_and_to_others_it_is(
        self, shop: RunningGateway, pages: MarkedCatalog, lines: list[str]
    ) -> None:
        pages.fields = MARK
        await shop.ask_signed_in(PRODUCTS)
        named = [line if ":" in line else f"if-none-match: {line}" for line in lines]
        assert (await shop.ask_signed_in(PRODUCTS, *named)).status == 200

    @pytest.mark.parametrize(
        "lines", [["close,"], [", close"], ["x-a ,\tCLOSE\t,"], ["x-a", "close"], ["", "close"]]
    )
    async def test_a_client_that_says_close_is_left(
        self, gateway: RunningGateway, lines: list[str]
    ) -> None:
        async with connected(gateway.port) as client:
            fields = [f"connection: {line}" for line in lines]
            reply = await client.ask(request(PRODUCTS, *fields))
            assert reply.values(b"connection") == [b"close"]
            assert await client.reader.read() == b""

    @pytest.mark.parametrize("lines", [["100-continue,"], [", 100-Continue"], ["", "100-continue"]])
    async def test_who_waits_before_a_body_is_bidden_to_go_on(
        self, gateway: RunningGateway, lines: list[str]
    ) -> None:
        fields = [f"expect: {line}" for line in lines]
        async with connected(gateway.port) as client:
            assert await _waiting(client, fields) == b"HTTP/1.1 100 Continue\r\n\r\n"
            await client.send(b"hello")
            reply: Reply = await client.reply()
            assert reply.status == 200


async def _waiting(client: RawClient, fields: list[str]) -> bytes:
    await client.send(request(LOGIN, *fields, "content-length: 5"))
    return await client.reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("lines", "accepted"),
    [
        ([], False),
        ([""], False),
        (["gzip,"], True),
        ([", ,\tgzip"], True),
        (["br", "", "GZIP"], True),
        (["gzip;Q=0.5"], True),
        (["gzip;Q=0"], False),
        (["gzip ;\tq=0.000 , *"], False),
        (["*;q=0, gzip"], True),
        (["br;q=1", "*;Q=0"], False),
        (["*"], True),
        (["identity, gzip;level=9;q=0.1"], True),
        (["gzip;q=x"], False),
        (["gzip, " * 1000], False),
    ],
)
def test_gzip_is_for_those_who_take_it(lines: list[str], accepted: bool) -> None:
    assert accepts_gzip([line.encode() for line in lines]) is accepted
