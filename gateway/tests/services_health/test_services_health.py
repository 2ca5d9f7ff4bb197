"""The health of every service, for administrators alone; what hangs holds nobody up."""

import asyncio
import time
from typing import Any

import pytest

from gateway.services_health import asking
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from gateway.upstream.limits import Limits
from gateway.upstream.pool import Upstream
from testing.gateway.raw_client import manager
from testing.gateway.raw_service import Peer, RawService, keep_silent, repeat

HEALTH = "GET /api/v1/health"


async def states(gateway: RunningGateway) -> dict[str, str]:
    """Return what an administrator sees."""
    reply = await gateway.ask(HEALTH, manager(roles=["admin"]))
    assert reply.status == 200
    assert reply.values(b"cache-control") == [b"no-store"]
    said: dict[str, Any] = reply.json()
    assert all(0 <= one["duration_ms"] < 5000 for one in said["services"])
    return {one["name"]: one["state"] for one in said["services"]}


async def not_ready(peer: Peer) -> None:
    """Say of oneself what a service says whose database is away."""
    await peer.answer(b"{}", status="503 Service Unavailable")


async def test_it_is_for_administrators(gateway: RunningGateway, catalog: RawService) -> None:
    assert (await gateway.ask(HEALTH)).status == 401
    for roles in (["user"], ["manager"], ["blog_manager"]):
        reply = await gateway.ask(HEALTH, manager(roles=roles))
        assert (reply.status, reply.json()["error"]) == (403, "forbidden")
    assert catalog.seen == []


async def test_each_service_is_asked_and_so_is_the_gateway(
    gateway: RunningGateway, catalog: RawService, mailing: RawService
) -> None:
    said = await states(gateway)
    assert said == dict.fromkeys(("gateway", "auth", "catalog", "mailing"), "ready")
    for service in (catalog, mailing):
        assert [seen.line for seen in service.seen] == [b"GET /health/ready HTTP/1.1"]
        assert service.seen[0].values(b"authorization") == []


async def test_one_that_is_not_ready_and_one_that_hangs_differ(
    gateway: RunningGateway,
    catalog: RawService,
    mailing: RawService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.3)
    catalog.script, mailing.script = repeat(not_ready), keep_silent
    began = time.monotonic()
    said = await states(gateway)
    assert time.monotonic() - began < 2
    assert (said["catalog"], said["mailing"], said["auth"]) == ("not_ready", "no_response", "ready")


async def test_a_hanging_service_keeps_no_connection(mailing: RawService) -> None:
    mailing.script = keep_silent
    async with Upstream(mailing.url, Limits()) as upstream:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asking, "TIMEOUT", 0.1)
            said = await asyncio.gather(*(asking.ask_all({"it": upstream}, {}) for _ in range(5)))
        assert {one.services[1].state for one in said} == {"no_response"}
        assert (upstream.taken, upstream.busy, upstream.waiting) == (0, 0, 0)


async def test_one_that_is_not_there_has_no_response(settings: GatewaySettings) -> None:
    async with ready(settings, mailing_url="http://127.0.0.1:1") as gateway:
        assert (await states(gateway))["mailing"] == "no_response"


async def test_it_counts_against_the_limit_of_an_address(settings: GatewaySettings) -> None:
    async with ready(settings, address_limit=3) as gateway:
        assert [(await gateway.ask(HEALTH)).status for _ in range(5)][-1] == 429
        assert (await gateway.ask("GET /health/ready")).status == 200
