"""The shipped front before gateway and web service: who may say for whom they ask."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest

from testing.gateway.behalf import SECRET, on_behalf_of
from testing.gateway.keys_and_snapshots import publish_keys, snapshot
from testing.gateway.processes import gateway_process
from testing.gateway.raw_client import PRODUCTS, Reply, ask, request
from testing.gateway.raw_service import RawService, raw_service
from testing.tokens import access_token
from tests.containers.front import Front, front

pytestmark = pytest.mark.containers

PERSON = "203.0.113.7"


@dataclass(frozen=True, slots=True)
class Shop:
    """What stands behind a front."""

    front: Front
    catalog: RawService
    web: RawService

    async def ask_inside(self, port: str, data: bytes) -> Reply:
        """Ask an inner address of the front until it has found who is behind it."""
        async with asyncio.timeout(30):
            while (reply := await ask(self.front.inner[port], data)).status == 503:
                await asyncio.sleep(0.1)
        return reply


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    settings = {
        "ON_BEHALF_SECRETS": json.dumps([SECRET]),
        "TRUSTED_PROXIES": '["127.0.0.1/32"]',
        "GATEWAY_CACHE_SIZE": "0",
    }
    async with raw_service() as auth, raw_service() as catalog, raw_service() as web:
        auth.script, auth.snapshot = publish_keys, snapshot()
        async with (
            gateway_process(auth, catalog, **settings) as gateway,
            front(tmp_path_factory.mktemp("front"), gateway=gateway.port, web=web.port) as shipped,
        ):
            yield Shop(shipped, catalog, web)


async def test_from_outside_even_the_secret_gains_nothing(shop: Shop) -> None:
    said = {
        "authorization": f"Bearer {access_token()}",
        "vitrina-on-behalf-of": f"{SECRET} {PERSON} http",
        "x-forwarded-for": PERSON,
    }
    url = f"https://localhost:{shop.front.port}/api/v1/products"
    async with httpx2.AsyncClient(verify=shop.front.trusting_any()) as client, asyncio.timeout(30):
        while (await client.get(url, headers=said)).status_code != 200:
            await asyncio.sleep(0.1)
    seen = shop.catalog.seen[-1]
    assert seen.values(b"x-forwarded-for") == [b"127.0.0.1"]
    assert seen.values(b"x-forwarded-proto") == [b"https"]
    assert b"behalf" not in seen.head.lower()


async def test_inside_the_web_service_is_believed(shop: Shop) -> None:
    said = ("user-agent: of the person", "x-request-id: of-the-page", "accept-language: ru")
    token = f"authorization: Bearer {access_token()}"
    data = request(f"{PRODUCTS}?inside", token, on_behalf_of(PERSON), *said)
    assert (await shop.ask_inside("8000", data)).status == 200
    seen = shop.catalog.seen[-1]
    assert seen.values(b"x-forwarded-for") == [PERSON.encode()]
    assert seen.values(b"x-forwarded-proto") == [b"https"]
    assert seen.values(b"user-agent") == [b"of the person"]
    assert seen.values(b"x-request-id") == [b"of-the-page"]
    assert b"behalf" not in seen.head.lower()


async def test_what_the_gateway_says_of_a_page_reaches_the_web_service(shop: Shop) -> None:
    said = (f"x-forwarded-for: {PERSON}", "x-forwarded-proto: https", "cookie: a=1")
    host = "x-forwarded-host: shop.example"
    assert (await shop.ask_inside("8004", request("GET /products", *said, host))).status == 200
    (seen,) = [seen for seen in shop.web.seen if seen.line.startswith(b"GET /products")]
    assert seen.values(b"x-forwarded-for") == [PERSON.encode()]
    assert seen.values(b"x-forwarded-proto") == [b"https"]
    assert seen.values(b"x-forwarded-host") == [b"shop.example"]
    assert seen.values(b"cookie") == [b"a=1"]
