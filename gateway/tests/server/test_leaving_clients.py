"""Clients that go away in the middle, and a gateway that does."""

import asyncio
import gc
import random
from datetime import timedelta

import pytest

from gateway.routes.catalog import CATALOG
from gateway.server.exchange import ClientExchange
from gateway.server.request_parser import RequestReader
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import LOGIN, PRODUCTS, connected, request, upload
from testing.gateway.raw_service import (
    Peer,
    RawService,
    keep_silent,
    until,
)
from testing.tokens import access_token, jwks, signing_key

pytestmark = pytest.mark.timing


class TestClientsThatLeave:
    async def test_a_request_without_a_response_is_given_up(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        catalog.script = keep_silent
        slow = settings.model_copy(update={"response_timeout": timedelta(minutes=10)})
        async with running(slow) as gateway:
            await until_ready(gateway)
            async with connected(gateway.port) as client:
                await client.send(request(PRODUCTS, f"authorization: Bearer {access_token()}"))
                await catalog.until_open(1)
            await catalog.until_open(0)  # long before the service's time is up
            assert gateway.app.proxy.upstreams[CATALOG].busy == 0

    async def test_a_response_under_way_is_given_up(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def drip(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while True:
                await peer.send(b"1\r\nx\r\n")
                await asyncio.sleep(0.02)

        catalog.script = drip
        async with connected(gateway.port) as client:
            await client.send(request(PRODUCTS, f"authorization: Bearer {access_token()}"))
            await client.reader.readuntil(b"x")
        await catalog.until_open(0)
        assert gateway.app.proxy.upstreams[CATALOG].busy == 0

    @pytest.mark.parametrize(
        "count", [500, pytest.param(10_000, marks=pytest.mark.soak)], ids=["some", "many"]
    )
    async def test_leaving_at_any_moment_leaks_nothing(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService, count: int
    ) -> None:
        auth.script, catalog.script = publish_then_pieces, answer_in_pieces
        timeout = timedelta(seconds=5)
        wide = {
            "max_connections": 32,
            "queue_size": 256,
            "connect_timeout": timeout,
            "response_timeout": timeout,
            "idle_timeout": timeout,
            "queue_timeout": timeout,
        }
        async with running(settings.model_copy(update=wide)) as gateway:
            await until_ready(gateway)
            chance = random.Random(7)
            for _ in range(count // 50):
                await asyncio.gather(*(leave(gateway.port, chance) for _ in range(50)))
            upstreams = gateway.app.proxy.upstreams.values()
            await until(lambda: all(up.busy == up.waiting == 0 for up in upstreams))
            assert all(up.taken == up.idle for up in upstreams)
            replies = await asyncio.gather(*(gateway.ask_signed_in(PRODUCTS) for _ in range(64)))
            assert [reply.status for reply in replies] == [200] * 64

    @pytest.mark.parametrize(
        "sent",
        [
            request("GET /health/live"),
            request("GET /health/live").removesuffix(b"\r\n"),
            request(LOGIN, "content-length: 9") + b"x",
            request(LOGIN, "content-length: 9", "x: \0"),
        ],
        ids=["whole", "half a head", "half a body", "nonsense"],
    )
    async def test_nothing_of_theirs_is_left_to_collect(
        self, gateway: RunningGateway, sent: bytes
    ) -> None:
        await until(lambda: not gateway.server.server_state.connections)  # of other tests
        gc.collect()
        gc.disable()
        before = living()
        try:
            async with connected(gateway.port) as client:
                await client.send(sent)
                await until(lambda: living() > before)
                await asyncio.sleep(0.05)
            await until(lambda: living() <= before)
        finally:
            gc.enable()


def living() -> int:
    """Count what there is for each connection; its protocol would be left with its reader."""
    return sum(type(thing) in (RequestReader, ClientExchange) for thing in gc.get_objects())


async def answer_in_pieces(peer: Peer) -> None:
    """Answer each request with three chunks, a little apart."""
    while True:
        await peer.request()
        await asyncio.sleep(0.002)
        await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(3):
            await peer.send(b"4\r\nabcd\r\n")
            await asyncio.sleep(0.002)
        await peer.send(b"0\r\n\r\n")


async def publish_then_pieces(peer: Peer) -> None:
    """Show the keys once for each connection, then answer in pieces."""
    first = await peer.request()
    if b"jwks" in first.line:
        await peer.answer(jwks(signing_key()))
    else:
        await peer.answer()
    await answer_in_pieces(peer)


async def leave(port: int, chance: random.Random) -> None:
    """Ask for something and go away at some moment, with FIN or RST."""
    async with connected(port) as client:
        kind = chance.random()
        if kind < 0.15:
            await client.send(request(LOGIN, "content-length: 100000") + b"x" * 70_000)
        elif kind < 0.3:
            await client.send(upload("content-length: 2000000") + b"x" * 100_000)
        else:
            await client.send(request(PRODUCTS, f"authorization: Bearer {TOKEN}"))
        await asyncio.sleep(chance.random() * 0.02)
        if chance.random() < 0.5:
            client.reset()


TOKEN = access_token()


async def test_a_gateway_that_is_stopped_finishes_what_is_under_way(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer_late(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await go_on.wait()
        await peer.answer(b"late")

    catalog.script = answer_late
    async with running(settings) as gateway:
        await until_ready(gateway)
        waiting = asyncio.ensure_future(gateway.ask_signed_in(PRODUCTS))
        await asked.wait()
        gateway.server.should_exit = True  # as SIGTERM does
        await until(lambda: not gateway.server.servers[0].is_serving())
        go_on.set()
        reply = await waiting
    assert (reply.status, reply.body, reply.clean) == (200, b"late", True)
