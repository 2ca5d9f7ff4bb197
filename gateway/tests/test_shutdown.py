"""SIGTERM: gateways replaced in turn under load, what is under way, and what does not end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from testing.gateway.processes import (
    INTERNAL_SECRET,
    ROOT,
    GatewayProcess,
    gateway_process,
    until_logged,
)
from testing.gateway.raw_client import PRODUCTS, connected, request, signed_in
from testing.gateway.raw_service import Peer, RawService, keep_silent, until
from testing.tokens import access_token

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


async def test_draining_is_not_ready_says_so_and_loses_no_request_of_a_kept_connection(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog) as gateway:
        bearer = f"authorization: Bearer {access_token()}"
        async with connected(gateway.port) as client, connected(gateway.port) as monitor:
            assert (await client.ask(request(PRODUCTS, bearer))).status == 200
            assert (await monitor.ask(request("GET /health/ready"))).status == 200
            gateway.process.send_signal(signal.SIGTERM)
            await until_logged(gateway, "Shutting down")
            not_ready = await monitor.ask(request("GET /health/ready"))
            last = await client.ask(request(PRODUCTS, bearer))
        assert not_ready.status == 503
        assert (last.status, last.values(b"connection")) == (200, [b"close"])
        assert await asyncio.wait_for(gateway.process.wait(), 20) == -signal.SIGTERM


async def test_what_is_under_way_is_finished_before_the_process_ends(
    auth: RawService, catalog: RawService
) -> None:
    release = asyncio.Event()

    async def answer_when_released(peer: Peer) -> None:
        await peer.request()
        await release.wait()
        await peer.answer(b"late")

    catalog.script = answer_when_released
    async with gateway_process(auth, catalog) as gateway:
        asked = [asyncio.create_task(gateway.ask(f"GET /api/v1/products/{n}")) for n in range(8)]
        await until(lambda: len(catalog.seen) == 8)
        gateway.process.send_signal(signal.SIGTERM)
        await until_logged(gateway, "Shutting down")
        release.set()
        assert {(reply.status, reply.body) for reply in await asyncio.gather(*asked)} == {
            (200, b"late")
        }
        assert await asyncio.wait_for(gateway.process.wait(), 20) == -signal.SIGTERM


async def test_one_that_starts_anew_has_the_settings_of_its_files(
    auth: RawService, catalog: RawService, tmp_path: Path
) -> None:
    secrets = tmp_path / "internal_secrets"
    secrets.write_text(json.dumps([INTERNAL_SECRET]))
    other = "another secret, which is as long as it must be"
    changes = {"SECRETS_DIR": str(tmp_path), "INTERNAL_SECRETS": ""}
    async with gateway_process(auth, catalog, **changes):
        secrets.write_text(json.dumps([other, INTERNAL_SECRET]))
    auth.looks.clear()
    async with gateway_process(auth, catalog, **changes):
        assert any(other.encode() in look for look in auth.looks)


def test_a_port_that_is_taken_ends_the_process_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {
            "GATEWAY_PORT": str(taken.getsockname()[1]),
            "GATEWAY_METRICS_PORT": "0",
            "INTERNAL_SECRETS": json.dumps(["x" * 32]),
        }
        ended = subprocess.run(
            [sys.executable, "-m", "gateway"],
            check=False,
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            timeout=30,
        )
    assert ended.returncode not in {0, -signal.SIGTERM}
    assert b"address already in use" in ended.stderr
