"""SIGTERM: gateways replaced in turn under load, and one whose request does not end."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from gateway.tests.processes import GatewayProcess, gateway_process
from gateway.tests.raw_client import connected, signed_in
from gateway.tests.raw_service import Peer, RawService, keep_silent, until

pytestmark = pytest.mark.timing

UNLIMITED = {"GATEWAY_ADDRESS_LIMIT": "0", "GATEWAY_USER_LIMIT": "0"}
CLIENTS = 8


class Front:
    """What stands before several gateways: new connections go to those that are not leaving."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.statuses: Counter[int] = Counter()

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Have clients ask all the time, each on a connection that it keeps while it may."""
        over = asyncio.Event()
        clients = [asyncio.create_task(self._ask(n, over)) for n in range(CLIENTS)]
        try:
            yield
        finally:
            over.set()
            await asyncio.gather(*clients)

    async def _ask(self, number: int, over: asyncio.Event) -> None:
        asked = signed_in("GET /api/v1/cart")
        while not over.is_set():
            async with connected(self.ports[number % len(self.ports)]) as client:
                while not over.is_set():
                    reply = await client.ask(asked)
                    self.statuses[reply.status if reply.clean else 0] += 1
                    if reply.status != 200 or reply.values(b"connection") == [b"close"]:
                        break

    async def until_more(self, count: int) -> None:
        """Wait until so many more have been answered."""
        goal = self.statuses.total() + count
        async with asyncio.timeout(30):
            while self.statuses.total() < goal:
                await asyncio.sleep(0.01)


async def test_gateways_are_replaced_in_turn_and_no_request_fails(
    auth: RawService, catalog: RawService
) -> None:
    catalog.script = answer_soon
    front = Front()
    async with AsyncExitStack() as stack:

        async def start() -> GatewayProcess:
            gateway = await stack.enter_async_context(gateway_process(auth, catalog, **UNLIMITED))
            front.ports.append(gateway.port)
            return gateway

        gateways = [await start(), await start()]
        async with front.busy():
            for gateway in gateways:
                await front.until_more(100)
                await start()
                front.ports.remove(gateway.port)
                gateway.process.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(gateway.process.wait(), 20) == -signal.SIGTERM
            await front.until_more(100)
    assert set(front.statuses) == {200}
    assert front.statuses.total() > 300


async def answer_soon(peer: Peer) -> None:
    while True:
        await peer.request()
        await asyncio.sleep(0.005)
        await peer.answer()


async def test_what_does_not_end_is_given_up_at_the_deadline(
    auth: RawService, catalog: RawService
) -> None:
    catalog.script = keep_silent
    async with gateway_process(auth, catalog, SHUTDOWN_TIMEOUT="2") as gateway:
        asked = asyncio.create_task(gateway.ask("GET /api/v1/cart"))
        await until(lambda: catalog.open == 1)
        began = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(gateway.process.wait(), 15)
        assert time.monotonic() - began > 1.5
        reply = await asked
        assert (reply.status, reply.json()["error"]) == (503, "service_unavailable")
