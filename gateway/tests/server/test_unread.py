"""Clients that do not read what they are sent, or go on sending what nobody reads."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from gateway.routes.catalog import CATALOG
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import RawClient, Reply, connected, request, signed_in
from testing.gateway.raw_service import Peer, RawService, keep_silent, until

pytestmark = pytest.mark.timing

LARGE = 64 * 1024 * 1024
REGISTER = "POST /api/v1/auth/register"


async def flood(peer: Peer) -> None:
    """Respond with more than any buffer holds."""
    await peer.request()
    await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LARGE)
    for _ in range(LARGE // 65536):
        await peer.send(b"x" * 65536)


async def test_who_reads_nothing_holds_no_connection_to_a_service_for_ever(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    hasty = settings.model_copy(update={"client_timeout": timedelta(seconds=0.3)})
    async with running(hasty) as gateway:
        await until_ready(gateway)
        catalog.script = flood
        async with connected(gateway.port) as client:
            await client.send(signed_in("GET /api/v1/products/1"))
            await catalog.until_open(1)
            await catalog.until_open(0)
            upstream = gateway.app.proxy.upstreams[CATALOG]
            await until(lambda: upstream.busy == 0)


async def test_who_reads_nothing_makes_the_service_stop(
    gateway: RunningGateway, catalog: RawService
) -> None:
    sent = 0

    async def count(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LARGE)
        while sent < LARGE:
            await peer.send(b"x" * 65536)
            sent += 65536

    catalog.script = count
    async with connected(gateway.port) as client:
        await client.send(signed_in("GET /api/v1/products/1"))
        await client.reader.readuntil(b"\r\n\r\n")
        before = -1
        while sent != before:
            before = sent
            await asyncio.sleep(0.3)
        assert sent < LARGE / 2
        left = LARGE
        while left:
            left -= len(await client.reader.read(2**20))
    assert sent == LARGE


async def test_who_reads_slowly_gets_everything(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    hasty = settings.model_copy(update={"client_timeout": timedelta(seconds=0.5)})
    async with running(hasty) as gateway:
        await until_ready(gateway)
        catalog.script = flood
        async with connected(gateway.port) as client:
            await client.send(signed_in("GET /api/v1/products/1"))
            size = 0
            while size < LARGE:
                piece = await client.reader.read(4 * 1024 * 1024)
                assert piece
                size += len(piece)
                await asyncio.sleep(0.01)


async def test_a_body_that_is_too_large_gets_its_response_and_the_connection_ends(
    gateway: RunningGateway,
) -> None:
    head = request(REGISTER, "transfer-encoding: chunked")
    async with connected(gateway.port) as client:
        await client.send(head)
        sending = asyncio.ensure_future(send_for_ever(client))
        reply = await client.reply()
        async with asyncio.timeout(30):
            await sending
    assert (reply.status, reply.values(b"connection")) == (413, [b"close"])


async def send_for_ever(client: RawClient) -> None:
    """Send chunks until the gateway has enough of them."""
    with suppress(ConnectionError, RuntimeError):
        while True:
            await client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


async def test_a_response_that_is_cut_is_logged_once_and_not_as_an_error(
    gateway: RunningGateway, catalog: RawService, caplog: pytest.LogCaptureFixture
) -> None:
    async def cut(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
        await asyncio.sleep(0.05)
        peer.close()

    catalog.script = cut
    reply = await gateway.ask_signed_in("GET /api/v1/products/1")
    assert not reply.clean
    lines = [(record.levelname, record.message) for record in caplog.records]
    assert ("WARNING", "response cut") in lines
    assert "ERROR" not in {level for level, _ in lines}


async def test_a_client_that_leaves_the_queue_gives_its_place_back(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    patient = settings.model_copy(
        update={"queue_timeout": timedelta(minutes=1), "response_timeout": timedelta(minutes=1)}
    )
    async with running(patient) as gateway:
        await until_ready(gateway)
        catalog.script = keep_silent
        upstream = gateway.app.proxy.upstreams[CATALOG]
        served = [ask(gateway) for _ in range(8)]
        await until(lambda: upstream.busy == 8)
        queued = [ask(gateway) for _ in range(4)]
        await until(lambda: upstream.waiting == 4)
        await leave(queued)
        await until(lambda: upstream.waiting == 0)
        assert upstream.busy == 8
        await leave(served)
        await until(lambda: upstream.taken == 0)


def ask(gateway: RunningGateway) -> "asyncio.Task[Reply]":
    return asyncio.create_task(gateway.ask_signed_in("GET /api/v1/products/1"))


async def leave(clients: "list[asyncio.Task[Reply]]") -> None:
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
