"""Responses that leave smaller than they came, for those who ask for it."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable

import pytest

from gateway.compression.compressor import INLINE, MEMORY, Compressor
from gateway.compression.fields import accepts_gzip
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import PRODUCTS, connected, signed_in
from testing.gateway.raw_service import Peer, RawService, after_request, repeat

ASKED = "accept-encoding: gzip, deflate, br"
PAGE = json.dumps([{"name": f"A product of number {number}"} for number in range(100)]).encode()
JSON = "content-type: application/json\r\n"


def answering(body: bytes = PAGE, fields: str = JSON, status: str = "200 OK") -> Callable[
    [Peer], Awaitable[None]
]:  # fmt: skip
    return repeat(lambda peer: peer.answer(body, fields=fields, status=status))


class TestCompressed:
    @pytest.mark.parametrize("size", [1, INLINE // len(PAGE) + 1], ids=["small", "large"])
    async def test_a_whole_response(
        self, gateway: RunningGateway, catalog: RawService, size: int
    ) -> None:
        catalog.script = answering(PAGE * size)
        reply = await gateway.ask_signed_in("GET /api/v1/orders", ASKED)
        assert reply.values(b"content-encoding") == [b"gzip"]
        assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        assert b"Accept-Encoding" in reply.values(b"vary")
        assert len(reply.body) < len(PAGE * size) / 3
        assert gzip.decompress(reply.body) == PAGE * size

    async def test_each_piece_of_a_stream_immediately(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def send_lines(peer: Peer) -> None:
            fields = "content-type: application/x-ndjson\r\ntransfer-encoding: chunked"
            await peer.send(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode())
            await peer.send(b"6\r\nfirst\n\r\n")
            await peer.reader.read(1)  # which never comes

        catalog.script = after_request(send_lines)
        async with connected(gateway.port) as client:
            await client.send(signed_in("GET /api/v1/products/export", ASKED))
            head = await client.reader.readuntil(b"\r\n\r\n")
            assert b"content-encoding: gzip\r\n" in head
            unpack, text = zlib.decompressobj(wbits=31), b""
            while text != b"first\n":
                size = int(await client.reader.readline(), 16)
                text += unpack.decompress(await client.reader.readexactly(size))
                await client.reader.readexactly(2)

    async def test_a_stream_to_its_end(self, gateway: RunningGateway, catalog: RawService) -> None:
        async def send_pieces(peer: Peer) -> None:
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n")
            await peer.send(b"content-length: %d\r\n\r\n" % (3 * 100_000))
            for _ in range(3):
                await peer.send(b"x" * 100_000)

        catalog.script = after_request(send_pieces)
        reply = await gateway.ask_signed_in("GET /api/v1/products/export", ASKED)
        assert reply.clean
        assert gzip.decompress(reply.body) == b"x" * 300_000

    async def test_a_stream_that_is_cut_does_not_look_whole(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def break_off(peer: Peer) -> None:
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n")
            await peer.send(b"content-length: 300000\r\n\r\n" + b"x" * 1000)
            peer.close()

        catalog.script = after_request(break_off)
        reply = await gateway.ask_signed_in("GET /api/v1/products/export", ASKED)
        assert not reply.clean

    async def test_the_gateways_own_pages_and_its_errors_are_readable(
        self, gateway: RunningGateway
    ) -> None:
        reply = await gateway.ask("GET /docs/swagger-ui.css", ASKED)
        assert reply.values(b"content-encoding") == [b"gzip"]
        assert b"swagger-ui" in gzip.decompress(reply.body)
        assert (await gateway.ask("GET /nowhere", ASKED)).json()["code"] == 401

    async def test_a_page_out_of_the_cache_is_compressed_once(
        self, gateway: RunningGateway, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        catalog.script = answering(fields=f"{JSON}gateway-cache-control: max-age=9\r\n")
        first = await gateway.ask_signed_in(f"{PRODUCTS}?page=2", ASKED)
        monkeypatch.setattr("gateway.compression.compressor.compressed", None)
        second = await gateway.ask_signed_in(f"{PRODUCTS}?page=2", ASKED)
        assert first.body == second.body
        assert gzip.decompress(second.body) == PAGE


class TestLeftAsItIs:
    @pytest.mark.parametrize(
        "asked",
        ["accept: */*", "accept-encoding: br", "accept-encoding: gzip;q=0, *", "accept-encoding:"],
    )
    async def test_for_a_client_that_does_not_accept_it(
        self, gateway: RunningGateway, catalog: RawService, asked: str
    ) -> None:
        catalog.script = answering()
        reply = await gateway.ask_signed_in("GET /api/v1/orders", asked)
        assert reply.body == PAGE
        assert reply.values(b"content-encoding") == []
        assert b"Accept-Encoding" in reply.values(b"vary")

    @pytest.mark.parametrize(
        ("body", "fields", "status"),
        [
            (b"short", JSON, "200 OK"),
            (PAGE, "content-type: image/png\r\n", "200 OK"),
            (PAGE, "content-type: text/event-stream\r\n", "200 OK"),
            (PAGE, "", "200 OK"),
            (PAGE, f"{JSON}content-encoding: br\r\n", "200 OK"),
            (PAGE, f"{JSON}cache-control: private,no-transform\r\n", "200 OK"),
            (PAGE, f"{JSON}content-range: bytes 0-9/10\r\n", "206 Partial Content"),
            (PAGE, JSON, "500 Internal Server Error"),
        ],
    )
    async def test_what_is_not_worth_it_or_not_ours_to_change(
        self, gateway: RunningGateway, catalog: RawService, body: bytes, fields: str, status: str
    ) -> None:
        catalog.script = answering(body, fields, status)
        reply = await gateway.ask_signed_in("GET /api/v1/orders", ASKED)
        assert reply.body == body
        assert b"gzip" not in reply.values(b"content-encoding")

    async def test_responses_to_anything_but_reading(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        auth.script = answering()
        reply = await gateway.ask("POST /api/v1/auth/login", ASKED, body=b"{}")
        assert reply.body == PAGE


class TestEntityTags:
    ETAG = f'{JSON}etag: "7"\r\n'

    async def test_one_that_guards_a_write_stays_and_so_does_its_body(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = answering(fields=self.ETAG)
        reply = await gateway.ask_signed_in(f"{PRODUCTS}/7", ASKED)
        assert (reply.body, reply.values(b"etag")) == (PAGE, [b'"7"'])

    async def test_another_becomes_weak_with_its_body(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = answering(fields=self.ETAG)
        reply = await gateway.ask_signed_in(f"{PRODUCTS}?page=3", ASKED)
        assert reply.values(b"etag") == [b'W/"7"']
        assert gzip.decompress(reply.body) == PAGE

    async def test_a_304_names_the_same_one(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = repeat(
            lambda peer: peer.send(b'HTTP/1.1 304 Not Modified\r\netag: "7"\r\n\r\n')
        )
        known = 'if-none-match: W/"7"'
        reply = await gateway.ask_signed_in("GET /api/v1/orders", ASKED, known)
        assert (reply.status, reply.values(b"etag")) == (304, [b'W/"7"'])
        assert (await gateway.ask_signed_in("GET /api/v1/orders", known)).values(b"etag") == [
            b'"7"'
        ]

    async def test_head_says_what_get_would(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(PAGE)}\r\n{self.ETAG}\r\n".encode()
        catalog.script = repeat(lambda peer: peer.send(head))
        reply = await gateway.ask_signed_in("HEAD /api/v1/orders", ASKED)
        assert reply.values(b"content-encoding") == [b"gzip"]
        assert reply.values(b"etag") == [b'W/"7"']
        assert reply.values(b"content-length") == []


class TestEvents:
    async def test_each_comes_when_it_happens(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        seen = asyncio.Semaphore(0)

        async def send_events(peer: Peer) -> None:
            fields = "content-type: text/event-stream\r\ntransfer-encoding: chunked"
            await peer.send(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode())
            for number in range(3):
                await peer.send(b"9\r\ndata: %d\n\n\r\n" % number)
                await seen.acquire()

        catalog.script = after_request(send_events)
        async with connected(gateway.port) as client:
            await client.send(signed_in("GET /api/v1/orders", ASKED, "accept: text/event-stream"))
            head = await client.reader.readuntil(b"\r\n\r\n")
            assert b"content-encoding" not in head
            for number in range(3):
                event = await client.reader.readuntil(b"\n\n\r\n")
                assert event == b"9\r\ndata: %d\n\n\r\n" % number
                seen.release()


class TestCompressor:
    async def test_what_it_keeps_is_bounded(self) -> None:
        compressor = Compressor()
        for number in range(20):
            body = b"%d" % number + b"x" * (MEMORY // 4)
            assert gzip.decompress(await compressor.whole(body, repeats=True)) == body
        assert 0 < compressor._size <= MEMORY
        assert len(compressor._kept) == 3

    async def test_what_is_not_sent_again_is_not_kept(self) -> None:
        compressor = Compressor()
        await compressor.whole(PAGE, repeats=False)
        assert compressor._kept == {}


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        (b"gzip", True),
        (b"GZIP;q=0.5", True),
        (b"br;q=1.0, gzip ; q=0.8, *;q=0.1", True),
        (b"*", True),
        (b"x-gzip", True),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000, *", False),
        (b"*;q=0", False),
        (b"identity", False),
        (b"gzipped", False),
        (b"gzip;q=x", False),
        (b"", False),
        (b"a," * 1000 + b"gzip", False),
    ],
)
def test_who_asks(value: bytes, accepted: bool) -> None:
    assert accepts_gzip([value]) is accepted
