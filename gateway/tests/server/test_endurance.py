"""The long and the large, each in a small form too: what the gateway takes must stay the same."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from gateway.tests.gateway_process import FEW_DESCRIPTORS, GatewayProcess, gateway_process
from testing.gateway.raw_client import (
    PRODUCTS,
    RawClient,
    ask,
    connected,
    request,
    signed_in,
    upload,
)
from testing.gateway.raw_service import Peer, RawService, answer_everything, repeat
from testing.tokens import access_token

MEBIBYTE = b"x" * 2**20
IMPORT_MEBIBYTES = 64
GROWTH = 32
"""MiB of memory that may come on top."""

IDLE = 6.0
"""Seconds after which a connection on which nothing is asked is closed, and one more."""


def small_and_large(name: str, small: int, large: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        name, [small, pytest.param(large, marks=pytest.mark.soak)], ids=["small", "large"]
    )


@pytest.fixture(scope="module")
async def _process(_auth: RawService, _catalog: RawService) -> AsyncIterator[GatewayProcess]:
    async with gateway_process(_auth, _catalog) as process:
        assert (await ask(process.port, signed_in(PRODUCTS))).status == 200
        yield process


@pytest.fixture
async def process(
    _process: GatewayProcess, auth: RawService, catalog: RawService
) -> GatewayProcess:
    await catalog.forget()  # a connection that is kept would go on by the old script
    return _process


class TestLarge:
    @small_and_large("mebibytes", 50, 1024)
    async def test_a_download(
        self, process: GatewayProcess, catalog: RawService, mebibytes: int
    ) -> None:
        async def send_much(peer: Peer) -> None:
            size = mebibytes * len(MEBIBYTE)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: {size}\r\n\r\n"
            await peer.send(head.encode())
            for _ in range(mebibytes):
                await peer.send(MEBIBYTE)

        catalog.script = repeat(send_much)
        before = process.memory
        async with connected(process.port) as client:
            await client.send(signed_in("GET /api/v1/products/export"))
            head = await client.reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            left = mebibytes * len(MEBIBYTE)
            while left:
                piece = await client.reader.read(2**20)
                assert piece
                left -= len(piece)
                assert process.memory < before + GROWTH

    @small_and_large("mebibytes", 50, 1024)
    async def test_uploads(
        self, process: GatewayProcess, catalog: RawService, mebibytes: int
    ) -> None:
        received = 0

        async def take_much(peer: Peer) -> None:
            nonlocal received
            while True:
                head = await peer.head()
                left = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                received += left
                while left and (piece := await peer.reader.read(min(left, 2**20))):
                    left -= len(piece)
                await peer.answer()

        catalog.script = take_much
        before = process.memory
        async with connected(process.port) as client:
            left = mebibytes
            while left:
                size = min(left, IMPORT_MEBIBYTES)
                length = f"content-length: {size * len(MEBIBYTE)}"
                await client.send(upload(length))
                for _ in range(size):
                    await client.send(MEBIBYTE)
                    assert process.memory < before + GROWTH
                assert (await client.reply()).status == 200
                left -= size
        assert received == mebibytes * len(MEBIBYTE)


class TestMany:
    @small_and_large("count", 300, 5_000)
    async def test_idle_connections_cost_little_and_end_in_time(
        self, process: GatewayProcess, count: int
    ) -> None:
        memory, descriptors = process.memory, process.descriptors
        idle = await asyncio.gather(*(open_idle(process.port) for _ in range(count)))
        assert process.descriptors >= descriptors + count / 2
        began = time.monotonic()
        assert (await ask(process.port, signed_in(PRODUCTS))).status == 200
        assert time.monotonic() - began < 1
        assert process.memory < memory + GROWTH + count * 0.03
        async with asyncio.timeout(IDLE):
            assert set(await asyncio.gather(*(end_of(client) for client in idle))) == {b""}
        for client in idle:
            client.writer.close()
        assert process.descriptors < descriptors + FEW_DESCRIPTORS


class TestLong:
    @small_and_large("seconds", 2, 15 * 60)
    async def test_one_connection_serves_on_and_on(
        self, process: GatewayProcess, catalog: RawService, seconds: int
    ) -> None:
        catalog.script = answer_everything
        memory, end = process.memory, time.monotonic() + seconds
        token = access_token(exp=int(time.time()) + seconds + 60)
        asked = request(PRODUCTS, f"authorization: Bearer {token}")
        async with connected(process.port) as client:
            while time.monotonic() < end:
                assert (await client.ask(asked)).status == 200
                await asyncio.sleep(0.02)
        assert process.memory < memory + 10
        assert catalog.accepted <= 2 + seconds

    @small_and_large("seconds", 2, 15 * 60)
    async def test_one_response_goes_on_and_on(
        self, process: GatewayProcess, catalog: RawService, seconds: int
    ) -> None:
        async def send_events(peer: Peer) -> None:
            fields = "content-type: text/event-stream\r\ntransfer-encoding: chunked"
            await peer.send(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode())
            for _ in range(seconds):
                await peer.send(b"9\r\ndata: 1\n\n\r\n")
                await asyncio.sleep(1)
            await peer.send(b"0\r\n\r\n")

        catalog.script = repeat(send_events)
        memory = process.memory
        async with connected(process.port) as client:
            await client.send(signed_in("GET /api/v1/orders", "accept: text/event-stream"))
            await client.reader.readuntil(b"\r\n\r\n")
            for _ in range(seconds):
                async with asyncio.timeout(30):
                    await client.reader.readuntil(b"\n\n\r\n")
            assert await client.reader.readexactly(5) == b"0\r\n\r\n"
        assert process.memory < memory + 10


async def open_idle(port: int) -> RawClient:
    """Ask once and stay."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = RawClient(reader, writer)
    assert (await client.ask(request("GET /health/live"))).status == 200
    return client


async def end_of(client: RawClient) -> bytes:
    """Return what comes until the gateway closes."""
    return await client.reader.read()
