"""How long a client may keep a connection without asking for something."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import LOGIN, RawClient, connected, request
from testing.gateway.raw_service import Peer, RawService

pytestmark = pytest.mark.timing

HEALTH = request("GET /health/live")


@pytest.fixture(scope="module")
async def hasty(settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    """A gateway that waits a fifth of a second for a head."""
    hurried = settings.model_copy(update={"head_timeout": timedelta(seconds=0.2)})
    async with running(hurried) as gateway:
        await until_ready(gateway)
        yield gateway


async def last_words(client: RawClient) -> bytes:
    """Return what comes until the gateway closes, soon."""
    async with asyncio.timeout(9):
        return await client.reader.read()


async def drip(client: RawClient, data: bytes) -> None:
    """Send byte for byte, until the gateway has enough of it."""
    with suppress(ConnectionError, RuntimeError):  # uvloop's word for a closed transport
        for byte in data:
            await client.send(bytes([byte]))
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("before", [b"", HEALTH])
async def test_half_a_head_is_a_timeout(hasty: RunningGateway, before: bytes) -> None:
    async with connected(hasty.port) as client:
        if before:
            assert (await client.ask(before)).status == 200
        dripping = asyncio.ensure_future(drip(client, b"GET /docs HTTP/1.1\r\n" + b"a" * 1000))
        answer = await last_words(client)
        dripping.cancel()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"error":"request_timeout"' in answer


async def test_a_connection_on_which_nothing_is_asked_is_closed(hasty: RunningGateway) -> None:
    async with connected(hasty.port) as client:
        assert await last_words(client) == b""


async def test_line_feeds_between_requests_keep_nothing_open(hasty: RunningGateway) -> None:
    async with connected(hasty.port) as client:
        assert (await client.ask(HEALTH)).status == 200
        dripping = asyncio.ensure_future(drip(client, b"\r\n" * 500))
        with suppress(ConnectionResetError):  # as some of them may come after the end
            assert await last_words(client) == b""
        dripping.cancel()


async def test_each_head_has_its_own_time(settings: GatewaySettings) -> None:
    calmer = settings.model_copy(update={"head_timeout": timedelta(seconds=1)})
    async with running(calmer) as gateway, connected(gateway.port) as client:
        await until_ready(gateway)
        for _ in range(4):
            await client.send(HEALTH[:20])
            await asyncio.sleep(0.4)
            assert (await client.ask(HEALTH[20:])).status == 200


async def test_time_that_the_gateway_takes_is_not_counted(
    hasty: RunningGateway, auth: RawService
) -> None:
    async def answer_late(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.5)
        await peer.answer()

    auth.script = answer_late
    async with connected(hasty.port) as client:
        await client.send(request(LOGIN, body=b"{}") + HEALTH[:20])
        assert (await client.reply()).status == 200
        assert (await client.ask(HEALTH[20:])).status == 200


async def test_a_body_has_a_time_of_its_own(hasty: RunningGateway, auth: RawService) -> None:
    async with connected(hasty.port) as client:
        await client.send(request(LOGIN, "content-length: 2") + b"{")
        await asyncio.sleep(0.4)
        assert (await client.ask(b"}")).status == 200
