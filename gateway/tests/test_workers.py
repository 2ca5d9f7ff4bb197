"""Several processes on one port: the dead are replaced, and none outlives its parent."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter

import psutil
import pytest

from gateway.tests.processes import ROOT, GatewayProcess, eventually, gateway_process, until_told
from gateway.tests.raw_client import PRODUCTS
from gateway.tests.raw_service import Peer, RawService

pytestmark = pytest.mark.timing

COUNT = "vitrina_request_seconds_count"
ROUTE = "/api/v1/products"


async def test_the_numbers_of_all_add_up_and_a_dead_worker_is_replaced(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog, GATEWAY_WORKERS="2") as gateway:
        await until_all_are_ready(gateway)
        for _ in range(40):
            assert (await gateway.ask(PRODUCTS)).status == 200
        assert await gateway.value(COUNT, route=ROUTE, status="2xx") == 40

        victim, other = gateway.workers()
        victim.kill()
        await until_told(gateway, "a worker ended")
        statuses = Counter([(await gateway.ask(PRODUCTS)).status for _ in range(20)])
        assert set(statuses) == {200}

        async def is_replaced() -> bool:
            return len(gateway.workers()) == 2

        await eventually(is_replaced)
        assert other.is_running()
        await until_all_are_ready(gateway)
        assert await gateway.value(COUNT, route=ROUTE, status="2xx") == 60


async def until_all_are_ready(gateway: GatewayProcess) -> None:
    """Wait until both know what is revoked: an age that is not infinite."""

    async def are_ready() -> bool:
        return await gateway.value("vitrina_revocations_age_seconds") < 10

    await eventually(are_ready)


async def test_sigterm_ends_all_and_what_is_under_way_is_finished(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog, GATEWAY_WORKERS="2") as gateway:
        catalog.script = answer_late
        asked = [asyncio.create_task(gateway.ask(f"GET /api/v1/products/{n}")) for n in range(8)]
        await eventually(lambda: holds(len(catalog.seen) == 8))
        workers = gateway.workers()
        gateway.process.send_signal(signal.SIGTERM)
        assert {(await each).status for each in asked} == {200}
        assert await asyncio.wait_for(gateway.process.wait(), 20) == 0
        assert not any(map(is_alive, workers))


async def answer_late(peer: Peer) -> None:
    while True:
        await peer.request()
        await asyncio.sleep(0.7)
        await peer.answer()


async def holds(condition: bool) -> bool:
    return condition


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_workers_end_when_their_parent_is_killed(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog, GATEWAY_WORKERS="2") as gateway:
        workers = gateway.workers()
        os.kill(gateway.process.pid, signal.SIGKILL)
        await eventually(lambda: holds(not any(map(is_alive, workers))))


def test_a_port_that_is_taken_ends_it_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {
            "GATEWAY_PORT": str(taken.getsockname()[1]),
            "GATEWAY_WORKERS": "2",
            "INTERNAL_SECRETS": json.dumps(["x" * 32]),
        }
        command = [sys.executable, "-m", "gateway"]
        ended = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            timeout=30,
        )
    assert ended.returncode == 3
    assert b"cannot listen" in ended.stderr
