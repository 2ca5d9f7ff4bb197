"""Requests that two readers could take apart differently get one response and reach no service."""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta

import pytest

from gateway.server.request_parser import HEAD_LIMIT
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import (
    LOGIN,
    PRODUCTS,
    RawClient,
    ask,
    connected,
    request,
    signed_in,
)
from testing.gateway.raw_service import RawService, Seen

pytestmark = pytest.mark.timing

HIDDEN = request("POST /api/v1/auth/register", body=b"hidden")
CHUNKED = "transfer-encoding: chunked"
FIELDS = {
    "length and chunked": "content-length: 5\r\ntransfer-encoding: chunked",
    "chunked and length": "transfer-encoding: chunked\r\ncontent-length: 5",
    "two lengths": "content-length: 5\r\ncontent-length: 6",
    "two equal lengths": "content-length: 5\r\ncontent-length: 5",
    "a list of lengths": "content-length: 5, 5",
    "a negative length": "content-length: -5",
    "a signed length": "content-length: +5",
    "a hexadecimal length": "content-length: 0x5",
    "two numbers": "content-length: 5 5",
    "an empty length": "content-length:",
    "a length with an underscore": "content-length: 0_5",
    "a length in other digits": "content-length: \xb5",
    "a length and a tab inside": "content-length: 5\t5",
    "a space before the colon": "transfer-encoding : chunked",
    "another coding": "transfer-encoding: xchunked",
    "chunked before another": "transfer-encoding: chunked, identity",
    "identity": "transfer-encoding: identity",
    "identity before chunked": "transfer-encoding: identity, chunked",
    "identity and chunked": "transfer-encoding: identity\r\ntransfer-encoding: chunked",
    "another before chunked": "transfer-encoding: gzip, chunked",
    "chunked twice in a line": "transfer-encoding: chunked, chunked",
    "an empty element before chunked": "transfer-encoding: , chunked",
    "an empty element behind chunked": "transfer-encoding: chunked,",
    "a parameter before chunked": "transfer-encoding: a;b=c, chunked",
    "length and identity": "content-length: 5\r\ntransfer-encoding: identity",
    "chunked with a parameter": "transfer-encoding: chunked;q=1",
    "chunked in quotes": 'transfer-encoding: "chunked"',
    "chunked after a vertical tab": "transfer-encoding: \x0bchunked",
    "chunked twice": "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
    "chunked and another": "transfer-encoding: chunked\r\ntransfer-encoding: x",
    "an empty coding": "transfer-encoding:",
    "a folded field": "x: y\r\n transfer-encoding: chunked",
    "a folded value": "transfer-encoding:\r\n chunked",
    "a bare line feed": "x: y\ntransfer-encoding: chunked",
    "a bare carriage return": "x: y\rtransfer-encoding: chunked",
    "NUL in a name": "transfer-encoding\x00: chunked",
    "a line without a colon": "transfer-encoding",
    "a name that is none": "transfer encoding: chunked",
}
CHUNKS = {
    "a line feed after the size": b"5\nhello\r\n0\r\n\r\n",
    "a line feed after the data": b"5\r\nhello\n0\r\n\r\n",
    "a line feed in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "a carriage return alone": b"5\rhello\r\n0\r\n\r\n",
    "a line feed at the end": b"5\r\nhello\r\n0\r\n\n",
    "a negative size": b"-5\r\nhello\r\n0\r\n\r\n",
    "a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a space before the size": b" 5\r\nhello\r\n0\r\n\r\n",
    "a space behind the size": b"5 \r\nhello\r\n0\r\n\r\n",
    "a size beyond all numbers": b"f" * 17 + b"\r\nhello\r\n0\r\n\r\n",
    "no size": b"\r\nhello\r\n0\r\n\r\n",
    "more than was said": b"5\r\nhello!\r\n0\r\n\r\n",
    "a length among the trailers": b"0\r\ncontent-length: 5\r\n\r\n",
}
BEHIND = {
    "nothing": b"",
    "no chunk": b"0\r\n\r\n",
    "one chunk": b"5\r\nhello\r\n0\r\n\r\n",
    "five bytes": b"hello",
    "a request": HIDDEN,
    "no chunk and a request": b"0\r\n\r\n" + HIDDEN,
    "five bytes and a request": b"hello" + HIDDEN,
}
ENDLESS = {
    "an extension": b"5;" + b"a" * (2 * HEAD_LIMIT),
    "a trailer": b"0\r\na: " + b"b" * (2 * HEAD_LIMIT),
    "trailers": b"0\r\n" + b"a: b\r\n" * HEAD_LIMIT,
}


async def answers_to(gateway: RunningGateway, data: bytes) -> list[bytes]:
    """Return the status of each response until the gateway closes, soon."""
    async with connected(gateway.port) as client:
        await client.send(data)
        return re.findall(rb"HTTP/1.1 (\d+)", await until_closed(client))


async def until_closed(client: RawClient) -> bytes:
    read = bytearray()
    async with asyncio.timeout(30):
        while True:
            try:
                data = await client.reader.read(65536)
            except ConnectionError:
                return bytes(read)
            if not data:
                return bytes(read)
            read += data


def asked(service: RawService) -> list[Seen]:
    """Return the requests that came from a client."""
    return [seen for seen in service.seen if b"jwks" not in seen.line]


@pytest.mark.parametrize("name", FIELDS)
async def test_an_unclear_length_is_refused_and_nothing_behind_it_is_read(
    gateway: RunningGateway, auth: RawService, name: str
) -> None:
    head = request(LOGIN, FIELDS[name])
    assert await answers_to(gateway, head + b"0\r\n\r\n" + HIDDEN) == [b"400"]
    assert not asked(auth)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("name", FIELDS)
async def test_after_an_unclear_length_the_connection_ends(
    gateway: RunningGateway, auth: RawService, name: str, behind: str
) -> None:
    """Whatever of it is a body, and however late the next request comes."""
    async with connected(gateway.port) as client:
        await client.send(request(LOGIN, FIELDS[name]) + BEHIND[behind])
        reply = await client.reply()
        assert (reply.status, reply.values(b"connection")) == (400, [b"close"])
        with suppress(ConnectionError, RuntimeError):
            await client.send(HIDDEN)
        assert await until_closed(client) == b""
    assert not asked(auth)


@pytest.mark.parametrize("name", CHUNKS)
async def test_unclear_chunks_are_refused_and_nothing_behind_them_is_read(
    gateway: RunningGateway, auth: RawService, name: str
) -> None:
    statuses = await answers_to(gateway, request(LOGIN, CHUNKED) + CHUNKS[name] + HIDDEN)
    assert statuses in ([b"400"], [])  # none where the rest came after the connection was closed
    assert not [seen for seen in asked(auth) if b"register" in seen.line]


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_is_no_body_has_an_end(gateway: RunningGateway, name: str) -> None:
    async with connected(gateway.port) as client:
        await client.send(request(LOGIN, CHUNKED) + b"1\r\nx\r\n")
        await asyncio.sleep(0.05)
        await client.send(ENDLESS[name])
        async with asyncio.timeout(2):  # sooner than the time for a body is up
            assert (await until_closed(client)).startswith(b"HTTP/1.1 400 ")


async def test_chunked_is_no_part_of_http_1_0(gateway: RunningGateway, auth: RawService) -> None:
    old = request(LOGIN, CHUNKED).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert (await answers_to(gateway, old + b"0\r\n\r\n" + HIDDEN))[1:] == []
    assert not [seen for seen in asked(auth) if b"register" in seen.line]


async def test_the_body_of_a_get_is_a_body(gateway: RunningGateway, catalog: RawService) -> None:
    reply = await ask(gateway.port, signed_in(PRODUCTS, body=HIDDEN))
    assert reply.status == 200
    assert [seen.body for seen in catalog.seen] == [HIDDEN]


async def test_extensions_of_chunks_end_here(gateway: RunningGateway, auth: RawService) -> None:
    data = request(LOGIN, CHUNKED) + b"3;a=b\r\nhel\r\n2;c\r\nlo\r\n0\r\nx-more: 1\r\n\r\n"
    assert (await ask(gateway.port, data)).status == 200
    (seen,) = asked(auth)
    assert seen.body == b"hello"
    assert seen.values(b"content-length") == [b"5"]
    assert seen.values(b"x-more") == []


async def test_an_underscore_is_no_hyphen(gateway: RunningGateway, auth: RawService) -> None:
    data = request(LOGIN, "transfer_encoding: chunked", "content_length: 1", body=b"hello")
    assert (await ask(gateway.port, data)).status == 200
    (seen,) = asked(auth)
    assert seen.body == b"hello"
    assert not [name for name, _ in seen.fields if b"_" in name]


async def test_a_thousand_pipelined_requests_are_served(gateway: RunningGateway) -> None:
    many = request("GET /health/live") * 999 + request("GET /health/live", "connection: close")
    assert await answers_to(gateway, many) == [b"200"] * 1000


async def test_half_a_million_tiny_chunks_are_one_body(
    gateway: RunningGateway, catalog: RawService
) -> None:
    body = b"1\r\nx\r\n" * 500_000 + b"0\r\n\r\n"
    reply = await ask(gateway.port, signed_in("POST /api/v1/products/bulk", CHUNKED) + body)
    assert reply.status == 200
    assert catalog.seen[-1].body == b"x" * 500_000


class TestSlowly:
    """Clients that keep a place by sending next to nothing."""

    @pytest.fixture
    def seconds(self, monkeypatch: pytest.MonkeyPatch) -> float:
        monkeypatch.setattr("gateway.server.request_body.MIN_RATE", 100)
        return 0.5

    @pytest.mark.parametrize("chunked", [True, False])
    async def test_a_body_that_drips_is_a_timeout_and_reaches_no_service(
        self, settings: GatewaySettings, auth: RawService, seconds: float, *, chunked: bool
    ) -> None:
        hasty = settings.model_copy(update={"client_timeout": timedelta(seconds=seconds)})
        framing = CHUNKED if chunked else "content-length: 10000"
        piece = b"1\r\nx\r\n" if chunked else b"x"
        async with running(hasty) as gateway, connected(gateway.port) as client:
            await until_ready(gateway)
            asked = len(auth.seen)
            await client.send(request(LOGIN, framing))
            dripping = asyncio.create_task(drip(client, piece))
            assert (await client.reply()).status == 408
            dripping.cancel()
            assert len(auth.seen) == asked

    async def test_a_slow_one_that_goes_on_is_served(
        self, settings: GatewaySettings, auth: RawService, seconds: float
    ) -> None:
        hasty = settings.model_copy(update={"client_timeout": timedelta(seconds=seconds)})
        async with running(hasty) as gateway, connected(gateway.port) as client:
            await until_ready(gateway)
            await client.send(request(LOGIN, "content-length: 1000"))
            for _ in range(10):
                await client.send(b"x" * 100)
                await asyncio.sleep(0.1)  # twice the timeout in all
            assert (await client.reply()).status == 200


async def drip(client: RawClient, piece: bytes) -> None:
    while True:
        await client.send(piece)
        await asyncio.sleep(0.05)
