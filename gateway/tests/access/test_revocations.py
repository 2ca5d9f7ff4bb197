"""Revoked tokens are refused immediately, and the snapshot is fetched again and again."""

import asyncio
import json
import time
import tracemalloc
from typing import Any

import pytest

from gateway.access.revocations import BadSnapshot, parse_snapshot
from gateway.main import create_app
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready, until_status
from gateway.tests.fake_auth import UNAUTHORIZED, Auth, authorization
from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.processes import INTERNAL_SECRET
from testing.gateway.raw_client import PRODUCTS
from testing.gateway.raw_service import RawService
from testing.tokens import numbered

SESSION, OTHER_SESSION, PERSON = map(numbered, range(1, 4))


class TestRevoked:
    @pytest.mark.parametrize(
        "revoked",
        [
            snapshot(sids=["other", SESSION]),
            snapshot(versions={PERSON: 4, "other": 9}),
            snapshot("another"),
            snapshot(lifetime=899),
        ],
        ids=["session", "version", "key", "life"],
    )
    async def test_a_remembered_token_is_refused_like_any_other(
        self, gateway: RunningGateway, auth: RawService, revoked: bytes
    ) -> None:
        token = authorization(sid=SESSION, sub=PERSON, ver=3)
        await until_status(gateway, 200, token)
        auth.snapshot = revoked
        await until_status(gateway, 401, token)
        reply = await gateway.ask(PRODUCTS, token)
        assert (reply.status, reply.body) == (401, UNAUTHORIZED)
        auth.snapshot = snapshot()
        await until_status(gateway, 200, token)

    async def test_others_are_not(self, gateway: RunningGateway, auth: RawService) -> None:
        auth.snapshot = snapshot(sids=[SESSION], versions={PERSON: 4})
        await until_status(gateway, 401, authorization(sid=SESSION))
        others: list[dict[str, Any]] = [
            {"sid": OTHER_SESSION, "sub": PERSON, "ver": 4},
            {"sid": OTHER_SESSION, "sub": PERSON, "ver": 5},
            {"sid": PERSON, "sub": SESSION, "ver": 0},
        ]
        for claims in others:
            assert (await gateway.ask(PRODUCTS, authorization(**claims))).status == 200

    async def test_a_life_as_long_as_any_that_was_issued_is_not(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        auth.snapshot = snapshot(lifetime=900)
        now = int(time.time())
        await until_status(gateway, 401, authorization(iat=now, exp=now + 901))
        assert (await gateway.ask(PRODUCTS, authorization(iat=now, exp=now + 900))).status == 200

    async def test_a_token_of_a_longer_setting_is_good_from_its_first_second_on(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.snapshot = snapshot(lifetime=10)
        now = int(time.time())
        async with running(settings) as gateway:
            await until_status(gateway, 200, authorization(iat=now, exp=now + 10))
            fake_auth.snapshot = snapshot(lifetime=900)
            assert (await gateway.ask_signed_in(PRODUCTS)).status == 200

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
        self, settings: GatewaySettings, auth: RawService, fake_auth: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            accepted = auth.accepted
            await fake_auth.until_looked(5)
            assert auth.accepted == accepted
            fake_auth.snapshot = snapshot(sids=[SESSION])
            await until_status(gateway, 401, authorization(sid=SESSION))
        assert {tuple(look.values(b"authorization")) for look in fake_auth.looks} == {
            (b"Bearer " + INTERNAL_SECRET.encode(),)
        }
        tags = [look.values(b"if-none-match") for look in fake_auth.looks]
        assert tags[0] == []
        assert all(len(tag) == 1 for tag in tags[1:])
        assert tags[1] == tags[4]

    async def test_all_busy_connections_of_requests_keep_it_from_nothing(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        narrow = settings.model_copy(update={"max_connections": 1})
        async with running(narrow) as gateway:
            await until_ready(gateway)
            fake_auth.free.clear()
            busy = asyncio.create_task(gateway.ask("POST /api/v1/auth/login", body=b"x"))
            fake_auth.snapshot = snapshot(sids=[SESSION])
            await until_status(gateway, 401, authorization(sid=SESSION))
            assert not busy.done()
            fake_auth.free.set()
            assert (await busy).status == 200

    async def test_there_are_no_looks_after_the_end(
        self, settings: GatewaySettings, auth: RawService, fake_auth: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
        await auth.until_open(0)
        assert auth.accepted >= 1


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
        b'{"kids":["a"],"sids":[],"versions":{},"lifetime":0}',
        b'{"kids":["a"],"sids":[],"versions":{},"lifetime":1.5}',
        b'{"kids":["a"],"sids":[],"versions":{},"lifetime":true}',
        b'{"kids":["a"],"sids":[],"versions":{},"lifetime":null}',
        b'{"kids":["a"],"sids":[],"versions":{},"lifetime":Infinity}',
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
