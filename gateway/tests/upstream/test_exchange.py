"""What comes back from the services, on the wire."""

import asyncio
import statistics
import time

import pytest

from gateway.routes.catalog import CATALOG
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import (
    PRODUCTS,
    connected,
    signed_in,
)
from testing.gateway.raw_service import (
    Peer,
    RawService,
    repeat,
)

pytestmark = pytest.mark.timing

OK = b"HTTP/1.1 200 OK\r\n"


class TestResponses:
    async def test_fields_come_back_in_order_and_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = "Link: <a>\r\nx-note: caf\xe9\r\nlink: <b>\r\nLink: <c>\r\n"
        catalog.script = repeat(lambda peer: peer.answer(b"\x1f\x8b\x00gz", fields=fields))
        reply = await gateway.ask_signed_in(PRODUCTS)
        passed = [f for f in reply.fields if f[0] in {b"link", b"x-note"}]
        assert passed == [
            (b"link", b"<a>"),
            (b"x-note", b"caf\xe9"),
            (b"link", b"<b>"),
            (b"link", b"<c>"),
        ]
        assert (reply.body, reply.values(b"content-length")) == (b"\x1f\x8b\x00gz", [b"5"])

    async def test_what_concerns_one_hop_or_names_the_service_ends_here(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = (
            "Connection: x-secret\r\nX-Secret: evil\r\nKeep-Alive: evil\r\nServer: evil\r\n"
            "Upgrade: evil\r\nProxy-Authenticate: evil\r\nX-Request-Id: evil\r\nDate: evil\r\n"
            "Gateway-Cache-Control: evil\r\n"
        )
        catalog.script = repeat(lambda peer: peer.answer(fields=fields))
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert reply.status == 200
        assert not [name for name, value in reply.fields if value == b"evil"]
        assert (len(reply.values(b"date")), len(reply.values(b"x-request-id"))) == (1, 1)

    @pytest.mark.parametrize(
        ("status", "fields"),
        [("204 No Content", ""), ("304 Not Modified", 'content-length: 9\r\netag: W/"1"\r\n')],
    )
    async def test_a_response_without_a_body(
        self, gateway: RunningGateway, catalog: RawService, status: str, fields: str
    ) -> None:
        head = f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()
        catalog.script = repeat(lambda peer: peer.send(head))
        async with connected(gateway.port) as client:
            for _ in range(2):  # the connection stays in step
                reply = await client.ask(signed_in(PRODUCTS))
                assert (reply.status, reply.body) == (int(status[:3]), b"")
        assert catalog.accepted == 1

    async def test_interim_responses_are_not_passed_on(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        catalog.script = repeat(lambda peer: peer.send(hints + OK + b"content-length: 2\r\n\r\nok"))
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.body, reply.values(b"link")) == (200, b"ok", [])

    async def test_the_first_piece_does_not_wait_for_the_second(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        more = asyncio.Event()

        async def trickle(peer: Peer) -> None:
            await peer.request()
            await peer.send(OK + b"transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await more.wait()
            await peer.send(b"6\r\nsecond\r\n0\r\n\r\n")
            await peer.request()

        catalog.script = trickle
        async with connected(gateway.port) as client:
            await client.send(signed_in(PRODUCTS))
            async with asyncio.timeout(30):
                await client.reader.readuntil(b"first")
            more.set()
            async with asyncio.timeout(30):
                await client.reader.readuntil(b"0\r\n\r\n")
        assert gateway.app.proxy.upstreams[CATALOG].idle == 1

    async def test_the_head_does_not_wait_for_the_body(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def pause(peer: Peer) -> None:
            await peer.request()
            await peer.send(OK + b"content-length: 5\r\n\r\n")
            await peer.reader.read()

        catalog.script = pause
        async with connected(gateway.port) as client:
            await client.send(signed_in(PRODUCTS))
            async with asyncio.timeout(30):
                head = await client.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")  # and not the 504 of a body that never came

    async def test_a_piece_is_there_within_50_ms(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        sent: list[float] = []

        async def trickle(peer: Peer) -> None:
            await peer.send(OK + b"transfer-encoding: chunked\r\n\r\n")
            for _ in range(20):
                await asyncio.sleep(0.02)
                sent.append(time.perf_counter())
                await peer.send(b"5\r\npiece\r\n")
            await peer.send(b"0\r\n\r\n")

        catalog.script = repeat(trickle)
        late = []
        async with connected(gateway.port) as client:
            await client.send(signed_in(PRODUCTS))
            for number in range(20):
                await client.reader.readuntil(b"piece")
                late.append(time.perf_counter() - sent[number])
        assert statistics.median(late) < 0.05
