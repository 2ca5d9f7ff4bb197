"""Keys come and go while requests run, and cost none of them its response."""

import asyncio
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import count

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import (
    RunningGateway,
    running,
    until_ready,
    until_status,
)
from gateway.tests.fake_auth import Auth, authorization
from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.raw_client import PRODUCTS, connected, request
from testing.gateway.raw_service import until
from testing.tokens import access_token, jwks, signing_key

pytestmark = pytest.mark.timing

COOLDOWN = timedelta(seconds=10)  # that of JwksCache


class TestKeys:
    async def test_rotations_under_load_cost_no_response(
        self, settings: GatewaySettings, fake_auth: Auth
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
                fetched = fake_auth.fetched
                fake_auth.keys = jwks(*map(signing_key, published))
                fake_auth.snapshot = snapshot(*published)
                await until(partial(lambda before: fake_auth.fetched > before, fetched))
                signing[0] = name
                await until(partial(lambda before: len(statuses) > before + 20, len(statuses)))
            for task in tasks:
                task.cancel()
        assert set(statuses) == {200}

    async def test_a_key_of_the_snapshot_is_fetched_immediately_whatever_strangers_ask_for(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        async with running(settings) as gateway:
            await until_ready(gateway)
            stranger = access_token(header={"kid": "unknown"})
            await gateway.ask(PRODUCTS, f"authorization: Bearer {stranger}")
            fake_auth.keys = jwks(signing_key(), signing_key("newer"))
            fake_auth.snapshot = snapshot("current", "newer")
            await until_status(gateway, 200, authorization("newer"))

    async def test_until_an_announced_key_is_there_its_tokens_are_not_called_forged(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.snapshot = snapshot("current", "newer")
        async with running(settings) as gateway:
            await until_ready(gateway)
            reply = await gateway.ask(PRODUCTS, authorization("newer"))
            assert (reply.status, reply.json()["error"]) == (503, "service_unavailable")
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    async def test_a_token_whose_key_is_newer_than_the_snapshot_waits_for_the_next_one(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        slow = settings.model_copy(update={"revocations_interval": timedelta(seconds=0.5)})
        async with running(slow) as gateway:
            await until_ready(gateway)
            fake_auth.keys = jwks(signing_key(), signing_key("newer"))
            fake_auth.snapshot = snapshot("current", "newer")
            assert (await gateway.ask(PRODUCTS, authorization("newer"))).status == 200

    async def test_a_revoked_key_soon_leaves_the_key_set_too(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.keys = jwks(signing_key(), signing_key("newer"))
        fake_auth.snapshot = snapshot("current", "newer")
        async with running(settings) as gateway:
            await until_ready(gateway)
            await until_status(gateway, 200, authorization("newer"))
            fetched = fake_auth.fetched
            fake_auth.keys, fake_auth.snapshot = jwks(signing_key()), snapshot()
            await until_status(gateway, 401, authorization("newer"))
            await until(lambda: fake_auth.fetched > fetched)
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200

    async def test_a_key_set_that_never_comes_is_asked_for_once_a_second(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        fake_auth.snapshot = snapshot("current", "never")
        async with running(settings) as gateway:
            await until_ready(gateway)
            fetched = fake_auth.fetched
            await fake_auth.until_looked(10)  # in half a second
            assert fake_auth.fetched <= fetched + 2

    async def test_a_thousand_strangers_a_second_cost_one_fetch_in_a_cooldown(
        self, settings: GatewaySettings, fake_auth: Auth
    ) -> None:
        asked = [
            request(PRODUCTS, f"authorization: Bearer {access_token(header={'kid': f'{n}'})}")
            for n in range(1000)
        ]
        statuses: Counter[int] = Counter()

        async def ask_in_turn(gateway: RunningGateway, requests: list[bytes]) -> None:
            async with connected(gateway.port) as client:
                for each in requests:
                    statuses[(await client.ask(each)).status] += 1

        async with running(settings) as gateway:
            await until_ready(gateway)
            fetched, began = fake_auth.fetched, time.monotonic()
            await asyncio.gather(*(ask_in_turn(gateway, asked[n::20]) for n in range(20)))
            cooldowns = (time.monotonic() - began) / COOLDOWN.total_seconds()
            assert (await gateway.ask(PRODUCTS, authorization())).status == 200
        assert statuses == {401: 1000}
        assert fake_auth.fetched - fetched <= 1 + cooldowns
