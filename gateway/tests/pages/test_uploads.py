"""Bodies of forms: whole before the web service is asked, but for the named uploads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from gateway.routes.web import UPLOADS as PATHS
from gateway.routes.web import WEB
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready, running
from gateway.upstream.limits import UPLOADS
from testing.gateway.raw_client import LOGIN, RawClient, connected, request
from testing.gateway.raw_service import Peer, RawService, keep_silent, until

pytestmark = pytest.mark.timing

LARGE = 2 * 1024 * 1024
UPLOAD = "/recipients/import/"


@pytest.fixture(scope="module")
async def _proxied(site_settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    async with ready(site_settings, trusted_proxies=["127.0.0.1/32"]) as gateway:
        yield gateway


@pytest.fixture
def proxied(_proxied: RunningGateway, web: RawService, auth: RawService) -> RunningGateway:
    """A gateway that believes this machine for whose address a request comes."""
    return _proxied


def at(address: int) -> str:
    return f"x-forwarded-for: 203.0.113.{address}"


async def begin(
    stack: AsyncExitStack,
    gateway: RunningGateway,
    *fields: str,
    path: str = UPLOAD,
    sent: int = 100_000,
) -> RawClient:
    client = await stack.enter_async_context(connected(gateway.port))
    await client.send(request(f"POST {path}", *fields, f"content-length: {LARGE}") + b"x" * sent)
    return client


def busy(gateway: RunningGateway) -> int:
    return gateway.app.proxy.upstreams[WEB].busy


@pytest.mark.parametrize(
    "path", [f"{path}{slash}".replace("{id}", "7") for path in PATHS for slash in ("", "/")]
)
async def test_a_named_one_streams(site: RunningGateway, web: RawService, path: str) -> None:
    began = asyncio.Event()

    async def note(peer: Peer) -> None:
        await peer.head()
        await peer.reader.readexactly(1)
        began.set()
        await peer.reader.readexactly(LARGE - 1)
        await peer.answer()

    web.script = note
    async with AsyncExitStack() as stack:
        client = await begin(stack, site, path=path)
        async with asyncio.timeout(30):
            await began.wait()
        assert (await client.ask(b"x" * (LARGE - 100_000))).status == 200


@pytest.mark.parametrize("path", ["/draft/x/cover", "/draft/7/8/cover", "/draft/7/cover/remove"])
async def test_others_are_as_small_as_any_form(site: RunningGateway, path: str) -> None:
    async with AsyncExitStack() as stack:
        client = await begin(stack, site, path=path, sent=0)
        assert (await client.ask(b"")).status == 413


async def test_what_the_web_service_refuses_early_is_read_no_further(
    site: RunningGateway, web: RawService
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.head()
        await peer.answer(b"<h1>sign in", status="303 See Other", fields="location: /\r\n")
        peer.close()

    web.script = refuse
    async with AsyncExitStack() as stack:
        client = await begin(stack, site)
        reply = await client.reply()
    assert (reply.status, reply.body) == (303, b"<h1>sign in")
    assert reply.values(b"connection") == [b"close"]


async def test_there_are_four_at_a_time(proxied: RunningGateway, web: RawService) -> None:
    web.script = keep_silent
    async with AsyncExitStack() as stack:
        for address in range(UPLOADS):
            await begin(stack, proxied, at(address))
        await until(lambda: busy(proxied) == UPLOADS)
        reply = await (await begin(stack, proxied, at(8))).reply()
        assert (reply.status, reply.values(b"retry-after")) == (503, [b"1"])
        assert reply.values(b"content-type") == [b"text/html; charset=utf-8"]
    await until(lambda: busy(proxied) == 0)
    assert UPLOADS == 4


async def test_an_address_has_one_at_a_time(proxied: RunningGateway, web: RawService) -> None:
    web.script = keep_silent
    async with AsyncExitStack() as stack:
        await begin(stack, proxied, at(1))
        await until(lambda: busy(proxied) == 1)
        second = await (await begin(stack, proxied, at(1), path="/products/import")).reply()
        assert (second.status, second.values(b"retry-after")) == (429, [b"1"])
        await begin(stack, proxied, at(2))
        await until(lambda: busy(proxied) == 2)
    await until(lambda: busy(proxied) == 0)
    assert not proxied.app.proxy.uploads.people


async def test_one_that_is_slow_is_given_up(
    site_settings: GatewaySettings, web: RawService
) -> None:
    hasty = site_settings.model_copy(update={"client_timeout": timedelta(seconds=0.5)})
    web.script = keep_silent
    async with running(hasty) as gateway, AsyncExitStack() as stack:
        client = await begin(stack, gateway, sent=1_500_000)
        await until(lambda: busy(gateway) == 1)
        dripping = asyncio.create_task(drip(client))
        assert (await client.reply()).status == 408
        dripping.cancel()
        await until(lambda: busy(gateway) == 0)


async def drip(client: RawClient) -> None:
    """Send 20 kB a second, less than 64."""
    while True:
        await client.send(b"x" * 1000)
        await asyncio.sleep(0.05)


async def test_another_form_is_whole_before_the_web_service_is_asked(
    site: RunningGateway, web: RawService
) -> None:
    async with connected(site.port) as client:
        await client.send(request("POST /products/", "content-length: 100000") + b"x" * 99_999)
        await until(lambda: site.app.proxy.page_bodies.size == 99_999)
        assert not busy(site)
        assert (await client.ask(b"x")).status == 200
    assert len(web.seen[0].body) == 100_000


async def test_forms_that_wait_take_no_memory_of_the_api(
    site: RunningGateway, web: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page waits for requests to the API, which may have bodies too."""
    monkeypatch.setattr(site.app.proxy.page_bodies, "_capacity", 0)
    async with connected(site.port) as client:
        await client.send(request("POST /products/", "content-length: 100") + b"x" * 10)
        assert (await client.reply()).status == 503
    async with connected(site.port) as client:
        await client.send(request(LOGIN, "content-length: 10") + b"x" * 5)
        await until(lambda: site.app.proxy.bodies.size == 5)
        assert (await client.ask(b"x" * 5)).status == 200
