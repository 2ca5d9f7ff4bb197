"""Without news of revocations the last ones hold for a while; then nobody gets in."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest

from gateway.access.revocations import UNAVAILABLE
from gateway.settings import GatewaySettings
from gateway.tests.conftest import running, until_ready, until_status
from gateway.tests.fake_auth import UNAUTHORIZED, Auth, authorization
from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.processes import INTERNAL_SECRET
from testing.gateway.raw_client import PRODUCTS
from testing.gateway.raw_service import Peer, RawService, keep_silent
from testing.tokens import numbered

pytestmark = pytest.mark.timing

SESSION, OTHER_SESSION = map(numbered, range(1, 3))


class MovedClock:
    """The clock by which the gateway counts the age of its news, and what it was moved by."""

    def __init__(self) -> None:
        self._by = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._by

    def advance(self, by: timedelta) -> None:
        self._by += by.total_seconds()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    clock = MovedClock()
    monkeypatch.setattr("gateway.access.revocations.monotonic", clock)
    return clock


def answering(body: bytes, status: str = "200 OK") -> Callable[[Peer], Awaitable[None]]:
    async def answer(peer: Peer) -> None:
        await peer.answer(body, status=status)

    return answer


async def hang(peer: Peer) -> None:
    await keep_silent(peer)


async def drip(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await peer.send(b"1\r\n \r\n")
        await asyncio.sleep(0.01)


async def break_off(peer: Peer) -> None:
    await peer.send(b'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"kids":[')
    peer.reset()


NO_NEWS = {
    "not JSON": answering(b"<html>"),
    "an error in JSON": answering(b'{"code":401,"message":"Unauthorized"}'),
    "no keys": answering(json.dumps({"kids": [], "sids": [], "versions": {}}).encode()),
    "401": answering(snapshot(), "401 Unauthorized"),
    "503": answering(b"", "503 Service Unavailable"),
    "204": answering(b"", "204 No Content"),
    "a redirect": answering(b"", "307 Temporary Redirect\r\nlocation: /elsewhere"),
    "silence": hang,
    "drops": drip,
    "an end": break_off,
}


async def test_who_comes_first_is_not_refused_for_what_is_on_its_way(
    settings: GatewaySettings, fake_auth: Auth
) -> None:
    async def take_time(peer: Peer) -> None:
        await asyncio.sleep(0.1)  # of the 0.3 that a look may take in these tests
        await fake_auth.show(peer)

    fake_auth.look = take_time
    fake_auth.free.clear()  # the keys come late too
    asyncio.get_running_loop().call_later(0.1, fake_auth.free.set)
    async with running(settings) as gateway:
        assert (await gateway.ask_signed_in(PRODUCTS)).status == 200


class TestWithoutNews:
    @pytest.mark.parametrize("look", NO_NEWS.values(), ids=NO_NEWS)
    async def test_before_the_first_snapshot_nobody_gets_in_and_nobody_is_sent_away(
        self, settings: GatewaySettings, fake_auth: Auth, catalog: RawService,
        look: Callable[[Peer], Awaitable[None]],
    ) -> None:  # fmt: skip
        fake_auth.look = look
        async with running(settings) as gateway:
            await fake_auth.until_looked(1)
            reply = await gateway.ask(PRODUCTS, authorization())
            assert (reply.status, reply.json()["error"]) == (503, "service_unavailable")
            assert reply.values(b"retry-after") == [b"1"]
            for fields in ([], ["authorization: Bearer x"]):
                reply = await gateway.ask(PRODUCTS, *fields)
                assert (reply.status, reply.body) == (401, UNAUTHORIZED)
            assert (await gateway.ask("GET /health/ready")).json()["error"] == "not_ready"
            assert (await gateway.ask("GET /health/live")).status == 200
            assert (await gateway.ask("POST /api/v1/auth/login", body=b"{}")).status == 200
            assert catalog.accepted == 0
            fake_auth.look = fake_auth.show
            await until_ready(gateway)
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    @pytest.mark.parametrize("look", NO_NEWS.values(), ids=NO_NEWS)
    async def test_the_last_good_snapshot_holds_and_then_the_gateway_fails_closed(
        self, settings: GatewaySettings, fake_auth: Auth, caplog: pytest.LogCaptureFixture,
        look: Callable[[Peer], Awaitable[None]], clock: MovedClock,
    ) -> None:  # fmt: skip
        fake_auth.snapshot = snapshot(sids=[SESSION])
        hot, revoked = authorization(), authorization(sid=SESSION)
        async with running(settings) as gateway:
            await until_ready(gateway)
            fake_auth.look = look
            await fake_auth.until_looked(1)
            assert (await gateway.ask(PRODUCTS, hot)).status == 200
            assert (await gateway.ask(PRODUCTS, revoked)).status == 401
            clock.advance(settings.revocations_max_age)
            assert (await gateway.ask(PRODUCTS, hot)).status == 503
            assert (await gateway.ask(PRODUCTS, revoked)).status == 503
            assert (await gateway.ask("GET /health/ready")).status == 503
            fake_auth.look = fake_auth.show
            await until_ready(gateway)
            assert (await gateway.ask(PRODUCTS, hot)).status == 200
            assert (await gateway.ask(PRODUCTS, revoked)).status == 401
        causes = [r for r in caplog.records if r.getMessage() == UNAVAILABLE]
        assert 1 <= len(causes) <= 3
        assert INTERNAL_SECRET not in caplog.text

    async def test_with_auth_away_valid_tokens_go_on_working_and_revoked_ones_do_not(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.snapshot = snapshot(sids=[SESSION])
        async with running(settings) as gateway:
            await until_ready(gateway)
            await fake_auth.die()
            for number in range(20):  # tokens that the gateway has not seen before
                assert (await gateway.ask(PRODUCTS, authorization(jti=f"{number}"))).status == 200
            assert (await gateway.ask(PRODUCTS, authorization(sid=SESSION))).status == 401
            assert (await gateway.ask("GET /health/ready")).status == 200
            fake_auth.snapshot = snapshot(sids=[SESSION, OTHER_SESSION])
            fake_auth.come_back()
            await until_status(gateway, 401, authorization(sid=OTHER_SESSION))

    async def test_unchanged_is_news(
        self, settings: GatewaySettings, fake_auth: Auth, clock: MovedClock
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            for _ in range(3):
                clock.advance(0.6 * settings.revocations_max_age)
                await fake_auth.until_looked(2)  # so that one has begun since, and is over
                assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
        assert any(look.values(b"if-none-match") for look in fake_auth.looks)

    async def test_a_304_without_a_snapshot_is_an_error(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.look = answering(b"", "304 Not Modified")
        async with running(settings) as gateway:
            await fake_auth.until_looked(2)
            assert (await gateway.ask("GET /health/ready")).status == 503

    async def test_a_304_without_a_condition_is_an_error(
        self, settings: GatewaySettings, fake_auth: Auth, clock: MovedClock
    ) -> None:
        fake_auth.look = answering(fake_auth.snapshot)  # without a tag
        async with running(settings) as gateway:
            await until_ready(gateway)
            fake_auth.look = answering(b"", "304 Not Modified")
            await fake_auth.until_looked(1)
            clock.advance(settings.revocations_max_age)
            await fake_auth.until_looked(2)
            assert (await gateway.ask(PRODUCTS, authorization())).status == 503

    async def test_a_snapshot_without_end_is_given_up(
        self, settings: GatewaySettings, fake_auth: Auth,
        monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("gateway.access.revocations.MAX_SIZE", 1000)

        async def endless(peer: Peer) -> None:
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in count():
                await peer.send(b"400\r\n" + b" " * 1024 + b"\r\n")

        async with running(settings) as gateway:
            await until_ready(gateway)
            fake_auth.look = endless
            await fake_auth.until_looked(3)
            assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
        causes = {getattr(record, "cause", None) for record in caplog.records}
        assert "too long" in causes

    async def test_an_unexpected_error_does_not_end_the_looking(
        self, settings: GatewaySettings, fake_auth: Auth, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            with failing():
                await fake_auth.until_looked(2)
                assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
            fake_auth.snapshot = snapshot(sids=[SESSION])
            await until_status(gateway, 401, authorization(sid=SESSION))
        assert "unexpected error" in caplog.text


@contextmanager
def failing() -> Iterator[None]:
    """Let every parsing of a snapshot, and of what is none, fail in a new way."""

    def fail(*_: object) -> None:
        raise RuntimeError("with a secret in it")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.access.revocations.Revocations._take", fail)
        yield
