"""Requests that make the auth service hash a password have a share of its connections only."""

import asyncio
from datetime import timedelta

import pytest

from gateway.errors import ClientGone
from gateway.route_table import ROUTES
from gateway.routes.auth import AUTH
from gateway.settings import GatewaySettings
from gateway.tests.conftest import running, until_ready
from gateway.upstream.acquire_queue import AcquireQueue
from gateway.upstream.errors import QueueFull
from gateway.upstream.share import Share
from testing.gateway.keys_and_snapshots import publish_keys
from testing.gateway.raw_client import LOGIN
from testing.gateway.raw_service import Peer, RawService, until
from testing.tokens import jwks, signing_key

pytestmark = pytest.mark.timing

HASHING = {
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/token",
    "POST /api/v1/auth/password/reset",
    "POST /api/v1/auth/password/change",
    "DELETE /api/v1/users/me",
    "POST /api/v1/users/me/email",
    "POST /api/v1/users/me/phone",
}


def here() -> bool:
    """Nobody has left."""
    return False


class TestShare:
    async def test_so_many_are_in_it_and_the_next_wait_in_order(self) -> None:
        share = Share(1, AcquireQueue(size=2, seconds=5))
        order: list[int] = []
        first_may_go = asyncio.Event()

        async def be(number: int) -> None:
            await share.enter(here)
            order.append(number)
            await first_may_go.wait()
            share.leave()

        tasks = [asyncio.create_task(be(number)) for number in range(3)]
        await until(lambda: len(share.queue) == 2)
        assert (order, share.taken) == ([0], 1)
        with pytest.raises(QueueFull):
            await be(3)
        first_may_go.set()
        await asyncio.gather(*tasks)
        assert (order, share.taken) == ([0, 1, 2], 0)

    async def test_who_is_cancelled_takes_no_place(self) -> None:
        share = Share(1, AcquireQueue(size=2, seconds=5))
        await share.enter(here)
        waiting = asyncio.create_task(enter(share))
        await until(lambda: len(share.queue) == 1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        share.leave()
        assert share.taken == 0

    async def test_a_request_cancelled_as_its_turn_comes_passes_it_on(self) -> None:
        share = Share(1, AcquireQueue(size=2, seconds=5))
        await share.enter(here)
        waiting = asyncio.create_task(enter(share))
        await until(lambda: len(share.queue) == 1)
        share.leave()
        waiting.cancel()  # the turn is there, and the task has not run
        await asyncio.gather(waiting, return_exceptions=True)
        assert share.taken == 0

    async def test_who_has_left_gets_no_turn(self) -> None:
        share = Share(1, AcquireQueue(size=2, seconds=5))
        await share.enter(here)
        waiting = asyncio.create_task(enter(share, gone=True))
        await until(lambda: len(share.queue) == 1)
        share.leave()
        (error,) = await asyncio.gather(waiting, return_exceptions=True)
        assert isinstance(error, ClientGone)
        assert share.taken == 0


async def enter(share: Share, *, gone: bool = False) -> None:
    await share.enter(lambda: gone)
    share.leave()


def test_every_route_that_hashes_is_in_it() -> None:
    assert {f"{route.method} {route.path}" for route in ROUTES if route.hashes} == HASHING


class Hashing:
    """A service that takes its time with sign-ins, and counts the concurrent ones."""

    def __init__(self) -> None:
        self.under_way = self.most = 0

    async def __call__(self, peer: Peer) -> None:
        while True:
            seen = await peer.request()
            if b"login" in seen.line:
                self.under_way += 1
                self.most = max(self.most, self.under_way)
                await asyncio.sleep(0.2)
                self.under_way -= 1
            if b"jwks" in seen.line:
                await peer.answer(jwks(signing_key()))
            else:
                await peer.answer()


async def test_a_hundred_and_twenty_concurrent_sign_ins_are_not_felt_by_the_rest_of_auth(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    """As with the default settings: 64 connections, 16 of them for sign-ins; all get in."""
    hashing = Hashing()
    roomy = settings.model_copy(
        update={
            "max_connections": 64,
            "queue_size": 256,
            "queue_timeout": timedelta(seconds=0.3),
            "sign_in_queue_timeout": timedelta(seconds=60),
            "response_timeout": timedelta(seconds=20),
        }
    )
    auth.script = publish_keys
    async with running(roomy) as gateway:
        await until_ready(gateway)
        await auth.forget()
        auth.script = hashing
        signing_in = [asyncio.create_task(gateway.ask(LOGIN, body=b"{}")) for _ in range(120)]
        upstream = gateway.app.proxy.upstreams[AUTH]
        await until(lambda: upstream.hashing.taken == 16)
        for _ in range(5):
            rest = await asyncio.gather(
                *(gateway.ask_signed_in("GET /api/v1/users/me") for _ in range(10)),
                *(gateway.ask("POST /api/v1/auth/refresh", body=b"{}") for _ in range(10)),
                *(gateway.ask("GET /.well-known/jwks.json") for _ in range(10)),
            )
            assert {reply.status for reply in rest} == {200}
        signed_in = await asyncio.gather(*signing_in)
    assert {reply.status for reply in signed_in} == {200}
    assert hashing.most == 16
    assert upstream.hashing.taken == 0


async def test_who_waits_for_too_long_to_sign_in_is_asked_to_come_again(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    update = {"max_connections": 4, "sign_in_queue_timeout": timedelta(seconds=0.1)}
    auth.script = publish_keys
    async with running(settings.model_copy(update=update)) as gateway:
        await until_ready(gateway)
        await auth.forget()
        auth.script = Hashing()
        replies = await asyncio.gather(*(gateway.ask(LOGIN, body=b"{}") for _ in range(20)))
    assert {reply.status for reply in replies} == {200, 503}
    assert all(reply.values(b"retry-after") for reply in replies if reply.status == 503)
