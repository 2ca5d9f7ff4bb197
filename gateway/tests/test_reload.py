"""SIGHUP: the settings anew, and nobody notices but by them."""

import asyncio
import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from gateway.tests.conftest import INTERNAL_SECRET
from gateway.tests.marked_catalog import MARK
from gateway.tests.processes import GatewayProcess, eventually, gateway_process, until_told
from gateway.tests.raw_client import PRODUCTS, ask, connected, request, signed_in
from gateway.tests.raw_service import Peer, RawService
from shared.testing.tokens import access_token

pytestmark = pytest.mark.timing

ORIGIN = "https://shop.example"


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_settings_change_under_load_and_no_request_is_dropped(
    auth: RawService, catalog: RawService, tmp_path: Path, workers: str
) -> None:
    folder = {"SECRETS_DIR": str(tmp_path), "GATEWAY_WORKERS": workers, "GATEWAY_USER_LIMIT": "0"}
    limits = {"GATEWAY_ADDRESS_LIMIT": "0"}
    async with gateway_process(auth, catalog, **folder, **limits) as gateway:
        assert await allowed_origin(gateway) == []
        statuses: Counter[int] = Counter()
        over = asyncio.Event()
        clients = [asyncio.create_task(keep_asking(gateway, statuses, over)) for _ in range(4)]
        (tmp_path / "gateway_cors_origins").write_text(json.dumps([ORIGIN]))
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "reloaded", int(workers))
        over.set()
        await asyncio.gather(*clients)
        assert await allowed_origin(gateway) == [ORIGIN.encode()]
        assert set(statuses) == {200}
        counted = await gateway.value(
            "vitrina_request_seconds_count", route="/api/v1/products/{id}", status="2xx"
        )
        assert counted == statuses[200]


async def allowed_origin(gateway: GatewayProcess) -> list[bytes]:
    reply = await gateway.ask(PRODUCTS, f"origin: {ORIGIN}")
    return reply.values(b"access-control-allow-origin")


async def keep_asking(gateway: GatewayProcess, statuses: Counter[int], over: asyncio.Event) -> None:
    async with connected(gateway.port) as client:
        while not over.is_set():
            reply = await client.ask(signed_in("GET /api/v1/products/1"))
            statuses[reply.status] += 1


async def test_a_request_under_way_is_finished_by_the_former_one(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog) as gateway:
        release = asyncio.Event()

        async def answer_when_released(peer: Peer) -> None:
            await peer.request()
            await release.wait()
            await peer.answer(b"late")

        catalog.script = answer_when_released
        asked = asyncio.create_task(gateway.ask("GET /api/v1/products/1"))
        await eventually(lambda: has(len(catalog.seen) == 1))
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "reloaded")
        release.set()
        reply = await asked
        assert (reply.status, reply.body) == (200, b"late")


async def test_a_change_that_began_before_outdates_what_was_kept_since(
    auth: RawService, catalog: RawService
) -> None:
    release, version = asyncio.Event(), 1

    async def change_when_released(peer: Peer) -> None:
        nonlocal version
        while True:
            if (await peer.request()).line.startswith(b"PATCH"):
                await release.wait()
                version = 2
            await peer.answer(b"page %d" % version, fields=MARK)

    catalog.script = change_when_released
    async with gateway_process(auth, catalog) as gateway:
        changing = asyncio.create_task(gateway.ask("PATCH /api/v1/products/1"))
        await eventually(lambda: has(len(catalog.seen) == 1))
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "reloaded")
        pages = [(await gateway.ask(PRODUCTS)).body for _ in range(2)]
        release.set()
        assert (await changing).status == 200
        assert [*pages, (await gateway.ask(PRODUCTS)).body] == [b"page 1", b"page 1", b"page 2"]
    assert len(catalog.seen) == 3


async def has(condition: bool) -> bool:
    return condition


async def test_settings_that_are_wrong_change_nothing(
    auth: RawService, catalog: RawService, tmp_path: Path
) -> None:
    async with gateway_process(auth, catalog, SECRETS_DIR=str(tmp_path)) as gateway:
        (tmp_path / "gateway_queue_size").write_text("many")
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "not reloaded")
        assert (await gateway.ask(PRODUCTS)).status == 200


async def test_limits_change_without_a_restart(
    auth: RawService, catalog: RawService, tmp_path: Path
) -> None:
    async with gateway_process(auth, catalog, SECRETS_DIR=str(tmp_path)) as gateway:
        asked = signed_in(PRODUCTS)
        assert [(await ask(gateway.port, asked)).status for _ in range(4)] == [200] * 4
        (tmp_path / "gateway_user_limit").write_text("3")
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "reloaded")
        statuses = [(await ask(gateway.port, asked)).status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


async def test_one_that_would_not_be_ready_does_not_take_over(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog) as gateway:
        auth.snapshot = b"no snapshot"
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "not reloaded")
        assert (await gateway.ask(PRODUCTS)).status == 200
        assert (await gateway.ask("GET /health/ready")).status == 200


async def test_a_secret_is_replaced_without_a_restart(
    auth: RawService, catalog: RawService, tmp_path: Path
) -> None:
    secrets = tmp_path / "internal_secrets"
    secrets.write_text(json.dumps([INTERNAL_SECRET]))
    other = "another secret, which is as long as it must be"
    changes = {"SECRETS_DIR": str(tmp_path), "INTERNAL_SECRETS": ""}
    async with gateway_process(auth, catalog, **changes) as gateway:
        auth.looks.clear()
        secrets.write_text(json.dumps([other, INTERNAL_SECRET]))
        gateway.process.send_signal(signal.SIGHUP)
        await until_told(gateway, "reloaded")
        await eventually(lambda: has(any(other.encode() in look for look in auth.looks)))


async def test_draining_is_not_ready_says_so_and_loses_no_request_of_a_kept_connection(
    auth: RawService, catalog: RawService
) -> None:
    async with gateway_process(auth, catalog) as gateway:
        bearer = f"authorization: Bearer {access_token()}"
        async with connected(gateway.port) as client, connected(gateway.port) as monitor:
            assert (await client.ask(request(PRODUCTS, bearer))).status == 200
            assert (await monitor.ask(request("GET /health/ready"))).status == 200
            gateway.process.send_signal(signal.SIGTERM)
            await until_told(gateway, "Shutting down")
            not_ready = await monitor.ask(request("GET /health/ready"))
            last = await client.ask(request(PRODUCTS, bearer))
        assert not_ready.status == 503
        assert (last.status, last.values(b"connection")) == (200, [b"close"])
        assert await asyncio.wait_for(gateway.process.wait(), 20) == -signal.SIGTERM
