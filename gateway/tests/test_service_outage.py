"""One service is gone, or takes everything and says nothing: who needs the other notices little.

`python -m bench.service_outage` measures how little; here the waiting requests are kept apart.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from gateway.tests.fake_auth import UNAUTHORIZED
from testing.gateway.keys_and_snapshots import publish_keys, snapshot
from testing.gateway.processes import GatewayProcess, gateway_process
from testing.gateway.raw_client import PRODUCTS, Reply, ask, connected, request, signed_in
from testing.gateway.raw_service import RawService, keep_silent, raw_service
from testing.tokens import access_token

pytestmark = pytest.mark.timing

CART = "GET /api/v1/cart"  # never out of the cache
ME = "GET /api/v1/users/me"
SHOPPERS = 120  # more than the connections to a service
NOISE = 0.5
"""Seconds that other work on the machine may cost; who waits for the dead service waits longer."""


async def stop(service: RawService) -> None:
    assert service.server is not None
    service.server.close()
    await service.forget()
    await service.stop_looking()


async def hang(service: RawService) -> None:
    await service.forget()
    service.script = keep_silent


@pytest.mark.parametrize(("leave", "statuses"), [(stop, {502, 503}), (hang, {503, 504})])
async def test_while_the_catalog_is_away_auth_routes_keep_their_times(
    auth: RawService, leave: Callable[[RawService], Awaitable[None]], statuses: set[int]
) -> None:
    limits = ("ADDRESS_LIMIT", "USER_LIMIT", "ADDRESS_CONCURRENCY", "USER_CONCURRENCY")
    unlimited = {f"GATEWAY_{name}": "0" for name in limits}
    async with (
        raw_service() as catalog,
        gateway_process(auth, catalog, GATEWAY_RESPONSE_TIMEOUT="3", **unlimited) as gateway,
        shoppers(gateway) as seen,
    ):
        before = await p99(gateway)
        assert set(seen) == {200}
        await leave(catalog)
        seen.clear()
        meanwhile = await p99(gateway)
        assert statuses & set(seen)
        assert meanwhile < 2 * before + NOISE


@asynccontextmanager
async def shoppers(gateway: GatewayProcess) -> AsyncIterator[Counter[int]]:
    """Let many look into their carts; count the responses."""
    seen: Counter[int] = Counter()
    asked = signed_in(CART)

    async def look() -> None:
        while True:
            async with connected(gateway.port) as client:
                seen[(await client.ask(asked)).status] += 1
            await asyncio.sleep(1)

    shoppers = [asyncio.create_task(look()) for _ in range(SHOPPERS)]
    try:
        yield seen
    finally:
        for shopper in shoppers:
            shopper.cancel()
        await asyncio.gather(*shoppers, return_exceptions=True)


async def p99(gateway: GatewayProcess) -> float:
    """Ask who one is for a while, and return the seconds that nearly all responses took."""
    times = []
    data, end = signed_in(ME), time.monotonic() + 4
    async with connected(gateway.port) as client:
        while time.monotonic() < end:
            began = time.perf_counter()
            reply = await client.ask(data)
            times.append(time.perf_counter() - began)
            assert reply.status == 200
            await asyncio.sleep(0.01)
    return sorted(times)[int(len(times) * 0.99)]


async def test_with_auth_killed_valid_tokens_work_until_they_expire(catalog: RawService) -> None:
    async with raw_service() as auth:
        auth.script, auth.snapshot = publish_keys, snapshot()
        async with gateway_process(auth, catalog) as gateway:
            expires = int(time.time()) + 3
            known, short, over = (
                f"authorization: Bearer {access_token(exp=at)}"
                for at in (expires + 600, expires, expires - 60)
            )
            assert (await bearing(gateway, known)).status == 200
            assert (await bearing(gateway, short)).status == 200
            await stop(auth)
            while time.time() < expires:
                for valid in (known, f"authorization: Bearer {access_token()}"):
                    assert (await bearing(gateway, valid)).status == 200
                await asyncio.sleep(0.1)
            for expired in (short, over):
                reply = await bearing(gateway, expired)
                assert (reply.status, reply.body) == (401, UNAUTHORIZED)
            assert (await bearing(gateway, known)).status == 200


async def bearing(gateway: GatewayProcess, authorization: str) -> Reply:
    return await ask(gateway.port, request(PRODUCTS, authorization))
