"""Large bodies, which are passed on while they come: who may send them, how many, how fast."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from gateway.routes.catalog import CATALOG
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.upstream.limits import UPLOADS
from testing.gateway.raw_client import IMPORT, RawClient, Reply, connected, manager, request
from testing.gateway.raw_service import Peer, RawService, keep_silent, until
from testing.tokens import numbered

pytestmark = pytest.mark.timing

LARGE = 2 * 1024 * 1024
PEOPLE = [numbered(n) for n in range(10)]


async def begin(
    stack: AsyncExitStack, gateway: RunningGateway, *fields: str, sent: int = 100_000
) -> RawClient:
    client = await stack.enter_async_context(connected(gateway.port))
    await client.send(request(IMPORT, *fields, f"content-length: {LARGE}") + b"x" * sent)
    return client


def busy(gateway: RunningGateway) -> int:
    return gateway.app.proxy.upstreams[CATALOG].busy


async def test_it_streams(gateway: RunningGateway, catalog: RawService) -> None:
    began = asyncio.Event()

    async def note(peer: Peer) -> None:
        await peer.head()
        await peer.reader.readexactly(1)
        began.set()
        await peer.reader.readexactly(LARGE - 1)
        await peer.answer()

    catalog.script = note
    async with AsyncExitStack() as stack:
        client = await begin(stack, gateway, manager(PEOPLE[0]))
        async with asyncio.timeout(30):
            await began.wait()
        assert (await client.ask(b"x" * (LARGE - 100_000))).status == 200


async def test_a_short_one_is_whole_before_a_service_is_asked(
    gateway: RunningGateway, catalog: RawService
) -> None:
    async with connected(gateway.port) as client:
        await client.send(
            request(IMPORT, manager(PEOPLE[0]), "content-length: 1000000") + b"x" * 999_999
        )
        await until(lambda: gateway.app.proxy.bodies.size == 999_999)
        assert not busy(gateway)
        assert (await client.ask(b"x")).status == 200


async def test_so_is_one_in_chunks_that_turns_out_to_be(
    gateway: RunningGateway, catalog: RawService
) -> None:
    async with connected(gateway.port) as client:
        await client.send(request(IMPORT, manager(PEOPLE[0]), "transfer-encoding: chunked"))
        await client.send(b"%x\r\n%b\r\n" % (200_000, b"x" * 200_000))
        await until(lambda: gateway.app.proxy.bodies.size == 200_000)
        assert not busy(gateway)
        assert (await client.ask(b"0\r\n\r\n")).status == 200
    assert catalog.seen[-1].values(b"content-length") == [b"200000"]


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"roles": ["user"]}, "forbidden"),
        ({"roles": ["manager"], "email_verified": False}, "email_not_verified"),
    ],
)
async def test_who_may_not_is_refused_before_the_body(
    gateway: RunningGateway, catalog: RawService, claims: dict[str, Any], error: str
) -> None:
    async with AsyncExitStack() as stack:
        client = await begin(stack, gateway, manager(**claims), sent=0)
        reply = await client.reply()
    assert (reply.status, reply.json()["error"]) == (403, error)
    assert reply.values(b"connection") == [b"close"]
    assert not catalog.accepted


async def test_a_person_has_one_at_a_time(gateway: RunningGateway, catalog: RawService) -> None:
    catalog.script = keep_silent
    async with AsyncExitStack() as stack:
        await begin(stack, gateway, manager(PEOPLE[0]))
        await until(lambda: busy(gateway) == 1)
        second = await begin(stack, gateway, manager(PEOPLE[0]))
        reply = await second.reply()
        assert (reply.status, reply.values(b"retry-after")) == (429, [b"1"])
        await begin(stack, gateway, manager(PEOPLE[1]))
        await until(lambda: busy(gateway) == 2)
    await until(lambda: busy(gateway) == 0)
    assert not gateway.app.proxy.uploads.people


async def test_a_service_has_four_at_a_time(gateway: RunningGateway, catalog: RawService) -> None:
    catalog.script = keep_silent
    async with AsyncExitStack() as stack:
        for person in PEOPLE[:UPLOADS]:
            await begin(stack, gateway, manager(person))
        await until(lambda: busy(gateway) == UPLOADS)
        reply: Reply = await (await begin(stack, gateway, manager(PEOPLE[8]))).reply()
        assert reply.status == 503
        assert reply.values(b"retry-after")
    await until(lambda: busy(gateway) == 0)
    assert UPLOADS == 4


async def test_one_that_is_slow_is_given_up(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    """What was fast before does not make up for it."""
    hasty = settings.model_copy(update={"client_timeout": timedelta(seconds=0.5)})
    catalog.script = keep_silent
    async with running(hasty) as gateway, AsyncExitStack() as stack:
        await until_ready(gateway)
        client = await begin(stack, gateway, manager(PEOPLE[0]), sent=1_500_000)
        await until(lambda: busy(gateway) == 1)
        dripping = asyncio.create_task(drip(client))
        assert (await client.reply()).status == 408
        dripping.cancel()
        await until(lambda: busy(gateway) == 0)


async def drip(client: RawClient) -> None:
    """Send 20 kB a second."""
    while True:
        await client.send(b"x" * 1000)
        await asyncio.sleep(0.05)
