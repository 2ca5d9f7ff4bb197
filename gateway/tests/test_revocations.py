"""What is revoked is refused at once; what is not known lets nobody in."""

import asyncio
import json
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from gateway.main import create_app
from gateway.revocations import BadSnapshot, parse_snapshot
from gateway.settings import GatewaySettings
from gateway.tests.conftest import (
    INTERNAL_SECRET,
    RunningGateway,
    running,
    snapshot,
    until_ready,
)
from gateway.tests.raw_service import LOOK, Peer, RawService, Seen, keep_silent, until
from shared.testing.tokens import access_token, jwks, signing_key

PRODUCTS = "GET /api/v1/products"
UNAUTHORIZED = b'{"code":401,"message":"Unauthorized"}'


def authorization(key: str = "current", **claims: Any) -> str:
    """Return the field of a good token with `claims`."""
    return f"authorization: Bearer {access_token(signing_key(key), **claims)}"


async def until_status(gateway: RunningGateway, status: int, *fields: str) -> None:
    """Ask for products until they are answered with this status, for at most five seconds."""
    async with asyncio.timeout(5):
        while (await gateway.ask(PRODUCTS, *fields)).status != status:
            await asyncio.sleep(0.01)


class Auth:
    """An auth service that shows `keys`, and its `snapshot` by `look`."""

    def __init__(self, service: RawService) -> None:
        self.keys = jwks(signing_key())
        self.snapshot = snapshot()
        self.looks: list[Seen] = []
        self.fetched = 0
        self.free = asyncio.Event()  # to answer everything else
        self.free.set()
        self.look: Callable[[Peer], Awaitable[None]] = self.show
        self._service = service
        service.snapshot, service.script = None, self.serve

    async def serve(self, peer: Peer) -> None:
        while True:
            seen = await peer.request()
            if seen.head.startswith(LOOK):
                self.looks.append(seen)
                await self.look(peer)
            else:
                self.fetched += b"jwks" in seen.line
                await self.free.wait()
                await peer.answer(self.keys)

    async def show(self, peer: Peer) -> None:
        """Answer the snapshot with its tag, or 304 to whoever has it."""
        tag = b'"%x"' % (hash(self.snapshot) & 0xFFFF)
        field = f"etag: {tag.decode()}\r\n"
        if self.looks[-1].values(b"if-none-match") == [tag]:
            await peer.send(f"HTTP/1.1 304 Not Modified\r\n{field}\r\n".encode())
        else:
            await peer.answer(self.snapshot, fields=field)

    async def until_looked(self, times: int = 2) -> None:
        """Wait until so many looks have begun from now on, for at most five seconds."""
        goal = len(self.looks) + times
        async with asyncio.timeout(5):
            while len(self.looks) < goal:
                await asyncio.sleep(0.005)

    async def die(self) -> None:
        """Break every connection, and every further one."""

        async def break_off(peer: Peer) -> None:
            peer.reset()

        self._service.script = break_off
        for task in tuple(self._service._tasks):
            task.cancel()
        await self._service.until_open(0)

    def come_back(self) -> None:
        self._service.script = self.serve


@pytest.fixture
def told(auth: RawService, catalog: RawService, monkeypatch: pytest.MonkeyPatch) -> Auth:
    """The auth service, which may tell anything; the catalog is as always."""
    monkeypatch.setattr("gateway.revocations.FETCH_TIMEOUT", 0.3)
    return Auth(auth)


class TestRevoked:
    @pytest.mark.parametrize(
        "revoked",
        [
            snapshot(sids=["other", "sid-1"]),
            snapshot(versions={"sub-1": 4, "other": 9}),
            snapshot("another"),
        ],
        ids=["session", "version", "key"],
    )
    async def test_a_remembered_token_is_refused_like_any_other(
        self, gateway: RunningGateway, auth: RawService, revoked: bytes
    ) -> None:
        token = authorization(sid="sid-1", sub="sub-1", ver=3)
        await until_status(gateway, 200, token)
        auth.snapshot = revoked
        await until_status(gateway, 401, token)
        reply = await gateway.ask(PRODUCTS, token)
        assert (reply.status, reply.body) == (401, UNAUTHORIZED)
        auth.snapshot = snapshot()
        await until_status(gateway, 200, token)

    async def test_others_are_not(self, gateway: RunningGateway, auth: RawService) -> None:
        auth.snapshot = snapshot(sids=["sid-1"], versions={"sub-1": 4})
        await until_status(gateway, 401, authorization(sid="sid-1"))
        others: list[dict[str, Any]] = [
            {"sid": "sid-2", "sub": "sub-1", "ver": 4},
            {"sid": "sid-2", "sub": "sub-1", "ver": 5},
            {"sid": "sub-1", "sub": "sid-1", "ver": 0},
        ]
        for claims in others:
            assert (await gateway.ask(PRODUCTS, authorization(**claims))).status == 200

    async def test_a_hundred_thousand_cost_no_more_than_their_size(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        sids = [f"0193c1a2-7b5e-7d40-8c1e-{number:012x}" for number in range(50_000)]
        versions = {f"0193c1a2-7b5e-7d40-8c1e-{n:012x}": 2 for n in range(50_000)}
        document = snapshot(sids=sids, versions=versions)
        tracemalloc.start()
        parsed = parse_snapshot(document)
        size, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (len(parsed.sids), len(parsed.versions)) == (50_000, 50_000)
        assert size < 6 * len(document)
        assert peak < 8 * len(document)

        auth.snapshot = document
        await until_status(gateway, 401, authorization(sid=sids[-1]))
        await until_status(gateway, 401, authorization(sub=sids[-1], ver=1))
        assert (await gateway.ask_signed_in(PRODUCTS)).status == 200


class TestLooking:
    async def test_it_shows_its_first_secret_on_a_kept_connection_and_the_tag_it_has(
        self, settings: GatewaySettings, auth: RawService, told: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            accepted = auth.accepted
            await told.until_looked(5)
            assert auth.accepted == accepted
            told.snapshot = snapshot(sids=["sid-1"])
            await until_status(gateway, 401, authorization(sid="sid-1"))
        assert {tuple(look.values(b"authorization")) for look in told.looks} == {
            (b"Bearer " + INTERNAL_SECRET.encode(),)
        }
        tags = [look.values(b"if-none-match") for look in told.looks]
        assert tags[0] == []
        assert all(len(tag) == 1 for tag in tags[1:])
        assert tags[1] == tags[4]

    async def test_all_busy_connections_of_requests_keep_it_from_nothing(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        narrow = settings.model_copy(update={"max_connections": 1})
        async with running(narrow) as gateway:
            await until_ready(gateway)
            told.free.clear()
            busy = asyncio.create_task(gateway.ask("POST /api/v1/auth/login", body=b"x"))
            told.snapshot = snapshot(sids=["sid-1"])
            await until_status(gateway, 401, authorization(sid="sid-1"))
            assert not busy.done()
            told.free.set()
            assert (await busy).status == 200

    async def test_there_are_no_looks_after_the_end(
        self, settings: GatewaySettings, auth: RawService, told: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
        await auth.until_open(0)
        assert auth.accepted >= 1


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


class TestWithoutNews:
    @pytest.mark.parametrize("look", NO_NEWS.values(), ids=NO_NEWS)
    async def test_before_the_first_snapshot_nobody_gets_in_and_nobody_is_sent_away(
        self, settings: GatewaySettings, told: Auth, catalog: RawService,
        look: Callable[[Peer], Awaitable[None]],
    ) -> None:  # fmt: skip
        told.look = look
        async with running(settings) as gateway:
            await told.until_looked(1)
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
            told.look = told.show
            await until_ready(gateway)
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    @pytest.mark.parametrize("look", NO_NEWS.values(), ids=NO_NEWS)
    async def test_the_last_good_snapshot_holds_and_then_the_gateway_fails_closed(
        self, settings: GatewaySettings, told: Auth, caplog: pytest.LogCaptureFixture,
        look: Callable[[Peer], Awaitable[None]],
    ) -> None:  # fmt: skip
        told.snapshot = snapshot(sids=["sid-1"])
        hot, revoked = authorization(), authorization(sid="sid-1")
        short = settings.model_copy(update={"revocations_max_age": timedelta(seconds=1)})
        async with running(short) as gateway:
            await until_ready(gateway)
            told.look = look
            await told.until_looked(1)
            assert (await gateway.ask(PRODUCTS, hot)).status == 200
            assert (await gateway.ask(PRODUCTS, revoked)).status == 401
            await until_status(gateway, 503, hot)
            assert (await gateway.ask(PRODUCTS, revoked)).status == 503
            assert (await gateway.ask("GET /health/ready")).status == 503
            told.look = told.show
            await until_ready(gateway)
            assert (await gateway.ask(PRODUCTS, hot)).status == 200
            assert (await gateway.ask(PRODUCTS, revoked)).status == 401
        causes = [r for r in caplog.records if r.getMessage() == "no news of revocations"]
        assert 1 <= len(causes) <= 3
        assert INTERNAL_SECRET not in caplog.text

    async def test_with_auth_away_valid_tokens_go_on_working_and_revoked_ones_do_not(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.snapshot = snapshot(sids=["sid-1"])
        async with running(settings) as gateway:
            await until_ready(gateway)
            await told.die()
            for number in range(20):  # tokens that the gateway has not seen before
                assert (await gateway.ask(PRODUCTS, authorization(jti=f"{number}"))).status == 200
            assert (await gateway.ask(PRODUCTS, authorization(sid="sid-1"))).status == 401
            assert (await gateway.ask("GET /health/ready")).status == 200
            told.snapshot = snapshot(sids=["sid-1", "sid-2"])
            told.come_back()
            await until_status(gateway, 401, authorization(sid="sid-2"))

    async def test_unchanged_is_news(self, settings: GatewaySettings, told: Auth) -> None:
        short = settings.model_copy(update={"revocations_max_age": timedelta(seconds=0.4)})
        async with running(short) as gateway:
            await until_ready(gateway)
            end = time.monotonic() + 1
            while time.monotonic() < end:
                assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
        assert any(look.values(b"if-none-match") for look in told.looks)

    async def test_unchanged_is_none_to_whoever_has_nothing(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.look = answering(b"", "304 Not Modified")
        async with running(settings) as gateway:
            await told.until_looked(2)
            assert (await gateway.ask("GET /health/ready")).status == 503

    async def test_unchanged_is_none_to_whoever_did_not_say_what_he_has(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.look = answering(told.snapshot)  # without a tag
        short = settings.model_copy(update={"revocations_max_age": timedelta(seconds=0.5)})
        async with running(short) as gateway:
            await until_ready(gateway)
            told.look = answering(b"", "304 Not Modified")
            await until_status(gateway, 503, authorization())

    async def test_a_snapshot_without_end_is_given_up(
        self, settings: GatewaySettings, told: Auth,
        monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("gateway.revocations.MAX_SIZE", 1000)

        async def endless(peer: Peer) -> None:
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in count():
                await peer.send(b"400\r\n" + b" " * 1024 + b"\r\n")

        async with running(settings) as gateway:
            await until_ready(gateway)
            told.look = endless
            await told.until_looked(3)
            assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
        causes = {getattr(record, "cause", None) for record in caplog.records}
        assert "too long" in causes

    async def test_an_unexpected_error_does_not_end_the_looking(
        self, settings: GatewaySettings, told: Auth, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            with failing():
                await told.until_looked(2)
                assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
            told.snapshot = snapshot(sids=["sid-1"])
            await until_status(gateway, 401, authorization(sid="sid-1"))
        assert "unexpected error" in caplog.text


@contextmanager
def failing() -> Iterator[None]:
    """Let every parsing of a snapshot, and of what is none, fail in a new way."""

    def fail(*_: object) -> None:
        raise RuntimeError("with a secret in it")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.revocations.Revocations._take", fail)
        yield


class TestKeys:
    async def test_rotations_under_load_cost_no_answer(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        names = ["current", "next", "after it", "and then"]
        signing = [names[0]]
        statuses: list[int] = []

        async def ask_forever(gateway: RunningGateway) -> None:
            for number in count():
                fields = authorization(signing[0], jti=f"{number}")
                statuses.append((await gateway.ask(PRODUCTS, fields)).status)

        async with running(settings) as gateway:
            await until_ready(gateway)
            tasks = [asyncio.create_task(ask_forever(gateway)) for _ in range(4)]
            for number, name in enumerate(names[1:], start=1):
                published = names[max(0, number - 2) : number + 1]
                fetched = told.fetched
                told.keys = jwks(*map(signing_key, published))
                told.snapshot = snapshot(*published)
                await until(partial(lambda before: told.fetched > before, fetched))
                signing[0] = name
                await until(partial(lambda before: len(statuses) > before + 20, len(statuses)))
            for task in tasks:
                task.cancel()
        assert set(statuses) == {200}

    async def test_a_key_of_the_snapshot_is_fetched_at_once_whatever_strangers_ask_for(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            stranger = access_token(header={"kid": "unknown"})
            await gateway.ask(PRODUCTS, f"authorization: Bearer {stranger}")
            told.keys = jwks(signing_key(), signing_key("newer"))
            told.snapshot = snapshot("current", "newer")
            await until_status(gateway, 200, authorization("newer"))

    async def test_until_an_announced_key_is_there_its_tokens_are_not_called_forged(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.snapshot = snapshot("current", "newer")
        async with running(settings) as gateway:
            await until_ready(gateway)
            reply = await gateway.ask(PRODUCTS, authorization("newer"))
            assert (reply.status, reply.json()["error"]) == (503, "service_unavailable")
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    async def test_a_token_whose_key_is_newer_than_the_snapshot_waits_for_the_next_one(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        slow = settings.model_copy(update={"revocations_interval": timedelta(seconds=0.5)})
        async with running(slow) as gateway:
            await until_ready(gateway)
            told.keys = jwks(signing_key(), signing_key("newer"))
            told.snapshot = snapshot("current", "newer")
            assert (await gateway.ask(PRODUCTS, authorization("newer"))).status == 200

    async def test_a_revoked_key_soon_leaves_the_key_set_too(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.keys = jwks(signing_key(), signing_key("newer"))
        told.snapshot = snapshot("current", "newer")
        async with running(settings) as gateway:
            await until_ready(gateway)
            await until_status(gateway, 200, authorization("newer"))
            fetched = told.fetched
            told.keys, told.snapshot = jwks(signing_key()), snapshot()
            await until_status(gateway, 401, authorization("newer"))
            await until(lambda: told.fetched > fetched)
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    async def test_a_key_set_that_never_comes_is_asked_for_once_a_second(
        self, settings: GatewaySettings, told: Auth
    ) -> None:
        told.snapshot = snapshot("current", "never")
        async with running(settings) as gateway:
            await until_ready(gateway)
            fetched = told.fetched
            await told.until_looked(10)  # in half a second
            assert told.fetched <= fetched + 2


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"kids":["a"],"sids":[]}',
        b'{"kids":["a"],"sids":[],"versions":{},"more":[]}',
        b'{"kids":[],"sids":[],"versions":{}}',
        b'{"kids":"a","sids":[],"versions":{}}',
        b'{"kids":[1],"sids":[],"versions":{}}',
        b'{"kids":["a"],"sids":{},"versions":{}}',
        b'{"kids":["a"],"sids":[null],"versions":{}}',
        b'{"kids":["a"],"sids":["b",["c"]],"versions":{}}',
        b'{"kids":["a"],"sids":[],"versions":[]}',
        b'{"kids":["a"],"sids":[],"versions":{"d":"1"}}',
        b'{"kids":["a"],"sids":[],"versions":{"d":1.0}}',
        b'{"kids":["a"],"sids":[],"versions":{"d":true}}',
        b'{"kids":["a"],"sids":[],"versions":{"d":1,"e":null}}',
    ],
)
def test_what_is_no_snapshot_is_refused(document: bytes) -> None:
    with pytest.raises(BadSnapshot):
        parse_snapshot(document)


def test_the_gateway_starts_with_the_secret_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "internal_secrets").write_text(json.dumps(["y" * 32]))
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    monkeypatch.delenv("INTERNAL_SECRETS", raising=False)
    create_app()
    assert GatewaySettings().internal_secrets[0].get_secret_value() == "y" * 32


def test_the_secret_is_in_no_text_of_the_settings(settings: GatewaySettings) -> None:
    assert INTERNAL_SECRET not in repr(settings)
