"""The shipped front before a gateway, with clients of HTTP/2 that leave early.

A client that is refused before the body has come and leaves must not spoil the request of the next
person, whose request may go out on the same connection to the gateway. Every request here carries a
mark and every response has to carry that of its own.
"""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter

import httpx2
import pytest

from testing.gateway.keys_and_snapshots import snapshot
from testing.gateway.processes import gateway_process
from testing.gateway.raw_client import RawClient, request
from testing.gateway.raw_service import Peer, raw_service
from testing.tokens import access_token, jwks, signing_key
from tests.containers.front import Front, front
from tests.containers.http2_client import Http2Client, http2

pytestmark = pytest.mark.containers

EARLY = 60
"""Requests that are refused early, of each kind."""
OTHERS = 100
"""Requests of everybody else meanwhile, of each protocol."""
HIDDEN = b"GET /api/v1/cart?hidden HTTP/1.1\r\nhost: localhost\r\n\r\n"
BELT = "option http-buffer-request"
JSON = ("content-type", "application/json")


async def echo(peer: Peer) -> None:
    """Answer each request with its own mark."""
    while True:
        seen = await peer.request()
        path = seen.line.split(b" ")[1]
        if b"/health" in path or b"jwks" in path:
            await publish_or_tell(peer, path)
        else:
            await peer.answer(path + seen.body)


async def publish_or_tell(peer: Peer, path: bytes) -> None:
    """Answer what the gateway and the front ask for themselves."""
    await peer.answer(jwks(signing_key()) if b"jwks" in path else b"{}")


@pytest.fixture(scope="module")
async def shops(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[bool, Front]]:
    """A front before a gateway before services that echo: with the belt, and without."""
    limits = {f"GATEWAY_{name}_LIMIT": "0" for name in ("ADDRESS", "USER", "SIGN_IN")}
    async with raw_service() as auth, raw_service() as catalog:
        auth.snapshot = snapshot()
        auth.script = catalog.script = echo
        quiet = {"GATEWAY_ACCESS_LOG": "false", "GATEWAY_CACHE_SIZE": "0"}
        async with gateway_process(auth, catalog, **limits, **quiet) as gateway:
            folders = [tmp_path_factory.mktemp("front") for _ in range(2)]
            bare = partial(front, folders[1], without=BELT)
            async with (
                front(folders[0], gateway=gateway.port) as shipped,
                bare(gateway=gateway.port) as bare_one,
            ):
                await until_served(shipped)
                await until_served(bare_one)
                yield {True: shipped, False: bare_one}


async def until_served(running: Front) -> None:
    """Wait until the front has found the gateway."""
    async with asyncio.timeout(30):
        async with http2(running.port, running.trusting("h2")) as client:
            while (await client.get("/health/ready")).status != 200:
                await asyncio.sleep(0.1)


Leaving = Callable[[Http2Client, int], None]


def end_early(client: Http2Client, number: int) -> None:
    """End the stream though less has come than was said, as curl does when it is refused."""
    client.send(number, b"", is_last=True)


def reset(client: Http2Client, number: int) -> None:
    """Give the stream up; the connection stays for others."""
    client.reset(number)


def leave(client: Http2Client, number: int) -> None:
    """End the connection."""
    client.leave()


def send_requests(client: Http2Client, number: int) -> None:
    """Send what looks like requests, and end the stream before its time."""
    for _ in range(3):
        client.send(number, HIDDEN)
    end_early(client, number)


LEAVING: list[Leaving] = [end_early, reset, leave, send_requests]
SIZES = [30, len(HIDDEN), 400, 20_000]
"""Bytes that are said to follow: less than a request, as much as one, and more than a buffer."""


async def be_refused(shop: Front, leaving: Leaving, size: int, *, before: int) -> None:
    """Send `before` bytes of a body, be refused, and leave."""
    fields = (("content-length", str(size)), JSON)
    async with http2(shop.port, shop.trusting("h2")) as client:
        number, stream = client.begin("POST", "/api/v1/products", *fields, is_whole=False)
        client.send(number, b"x" * before)
        with suppress(TimeoutError):  # the front waits for more of a body than has come
            async with asyncio.timeout(0.05):
                await stream.headed.wait()
        leaving(client, number)
        await asyncio.sleep(0.01)


@dataclass(slots=True)
class Others:
    """Everybody else: what became of their requests, and the longest that one took."""

    shop: Front
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    _marks: "count[int]" = field(default_factory=count)

    async def ask(self, way: Callable[[str, bytes], Awaitable[tuple[int, bytes]]]) -> None:
        """Ask again and again, now with a body and now without."""
        for _ in range(OTHERS // 2):
            number = next(self._marks)
            for path, body in (
                (f"/api/v1/cart?mark={number}", b""),
                (f"/api/v1/auth/login?mark={number}", b'{"mark":%d}' % number),
            ):
                began = perf_counter()
                status, response = await way(path, body)
                self.slowest = max(self.slowest, perf_counter() - began)
                is_own = response == path.encode() + body
                self.outcomes["own" if is_own else f"{status} {response[:40]!r}"] += 1

    async def by_http2(self) -> None:
        """Ask on one connection of HTTP/2."""
        bearer = ("authorization", f"Bearer {access_token()}")
        async with http2(self.shop.port, self.shop.trusting("h2")) as client:

            async def way(path: str, body: bytes) -> tuple[int, bytes]:
                stream = await (client.post(path, body, JSON) if body else client.get(path, bearer))
                return stream.status, bytes(stream.body)

            await self.ask(way)

    async def by_http1(self) -> None:
        """Ask on one connection of HTTP/1.1."""
        bearer = {"authorization": f"Bearer {access_token()}"}
        async with httpx2.AsyncClient(
            base_url=f"https://localhost:{self.shop.port}",
            verify=self.shop.trusting_any(),
            timeout=30,
        ) as client:

            async def way(path: str, body: bytes) -> tuple[int, bytes]:
                try:
                    if body:
                        response = await client.post(path, content=body, headers=dict([JSON]))
                    else:
                        response = await client.get(path, headers=bearer)
                except httpx2.HTTPError as error:
                    return 0, repr(error).encode()
                return response.status_code, response.content

            await self.ask(way)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("leaving", LEAVING)
@pytest.mark.parametrize("belt", [True, False], ids=["as shipped", "without the belt"])
async def test_nobody_is_hurt_by_who_leaves_early(
    shops: dict[bool, Front], leaving: Leaving, size: int, *, belt: bool
) -> None:
    """Nor gets what was meant for somebody else. The gateway's part holds by itself."""
    shop = shops[belt]
    others = Others(shop)

    async def refuse(before: int) -> None:
        for _ in range(EARLY // 4):
            await be_refused(shop, leaving, size, before=before)

    async with asyncio.timeout(120):
        refused = (refuse(before) for before in (0, 0, 1, size // 2))
        await asyncio.gather(*refused, others.by_http2(), others.by_http1())
    assert others.outcomes == {"own": 2 * OTHERS}
    assert others.slowest < 5


async def test_an_import_streams_through_the_belt(shops: dict[bool, Front]) -> None:
    """It buffers no more than its buffer holds: the gateway refuses what a stranger has begun."""
    fields = (("content-length", str(64 * 2**20)), ("content-type", "text/csv"))
    async with http2(shops[True].port, shops[True].trusting("h2")) as client:
        number, stream = client.begin("POST", "/api/v1/products/import", *fields, is_whole=False)
        for _ in range(3):
            client.send(number, b"x" * 16_000)
        async with asyncio.timeout(5):
            await stream.headed.wait()
    assert stream.status == 401


async def test_a_new_certificate_costs_no_request(shops: dict[bool, Front]) -> None:
    shop = shops[True]
    before = ssl.get_server_certificate(("127.0.0.1", shop.port))
    outcomes: Counter[str] = Counter()
    over = asyncio.Event()
    clients = [asyncio.create_task(ask_until(over, shop, outcomes)) for _ in range(32)]
    for _ in range(8):
        await asyncio.sleep(0.5)
        shop.renew_certificate()
    await asyncio.sleep(1)
    over.set()
    await asyncio.gather(*clients)
    assert await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", shop.port)) != before
    assert set(outcomes) == {"answered"}
    assert outcomes.total() > 200


async def ask_until(over: asyncio.Event, shop: Front, outcomes: Counter[str]) -> None:
    """Ask on connections that are kept as long as the front keeps them, with little pauses."""
    asked = request("GET /health/live")
    while not over.is_set():
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", shop.port, ssl=shop.trusting_any()
        )
        client = RawClient(reader, writer)
        while not (over.is_set() or reader.at_eof()):
            writer.write(asked)
            reply = await client.reply()
            outcomes["answered" if reply.status == 200 and reply.clean else "lost"] += 1
            if reply.status != 200 or reply.values(b"connection") == [b"close"]:
                break
            await asyncio.sleep(0.005 + 0.01 * random.random())
        writer.transport.abort()


async def test_no_token_of_an_email_is_in_its_log(tmp_path: Path) -> None:
    async with front(tmp_path) as alone, httpx2.AsyncClient(verify=alone.trusting_any()) as client:
        path = "/api/v1/auth/email/confirm"
        url = f"https://localhost:{alone.port}{path}"
        assert (await client.get(url, params={"token": "of-an-email"})).status_code == 503
        async with asyncio.timeout(30):
            while path not in (log := alone.log.read_text()):
                await asyncio.sleep(0.05)
    assert "of-an-email" not in log
