"""What the gateway refuses where a person looks, and what it leaves to the web service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.pages.error_page import assert_page
from testing.clock import MovableClock
from testing.gateway.raw_client import ask, connected, request
from testing.gateway.raw_service import Peer, RawService, after_request, keep_silent, until


class TestAWebServiceThatIsAway:
    async def test_refused(self, site_settings: GatewaySettings, auth: RawService) -> None:
        away = site_settings.model_copy(update={"web_url": "http://127.0.0.1:9"})
        async with running(away) as gateway:
            await until_ready(gateway)
            for method in ("GET", "HEAD", "POST"):
                reply = await gateway.ask(f"{method} /")
                assert_page(reply, 502)
                assert int(reply.values(b"retry-after")[0]) >= 1
            assert (await gateway.ask_signed_in("GET /api/v1/products")).status == 200

    async def test_broken(self, site: RunningGateway, web: RawService) -> None:
        web.script = after_request(lambda peer: peer.send(b"nonsense\r\n\r\n"))
        assert_page(await site.ask("GET /"), 502)

    async def test_silent(self, site: RunningGateway, web: RawService) -> None:
        web.script = keep_silent
        reply = await site.ask("GET /")
        assert_page(reply, 504)
        assert reply.values(b"retry-after")

    async def test_full(self, site_settings: GatewaySettings, web: RawService) -> None:
        web.script = keep_silent
        narrow = site_settings.model_copy(update={"web_connections": 1, "queue_size": 0})
        async with running(narrow) as gateway, connected(gateway.port) as client:
            await client.send(request("GET /"))
            await until(lambda: web.open == 1)
            reply = await gateway.ask("GET /")
            assert_page(reply, 503)
            assert reply.values(b"retry-after") == [b"1"]


class TestWhatIsTooMuch:
    async def test_a_body_over_the_limit_is_a_413(
        self, site: RunningGateway, web: RawService
    ) -> None:
        for path in ("/products/", "/recipients/import/x", "/products/imports/"):
            reply = await ask(
                site.port, request(f"POST {path}", f"content-length: {128 * 1024 + 1}")
            )
            assert_page(reply, 413)
        assert web.seen == []
        at_most = await site.ask("POST /products/", body=b"x" * 128 * 1024)
        assert at_most.status == 200

    async def test_an_upload_over_its_limit_is_one_too(
        self, site: RunningGateway, web: RawService
    ) -> None:
        length = f"content-length: {64 * 2**20 + 128 * 1024 + 1}"  # a file, and its form
        assert_page(await ask(site.port, request("POST /products/import/", length)), 413)
        assert web.seen == []

    async def test_a_chunked_body_is_counted(self, site: RunningGateway, web: RawService) -> None:
        async with connected(site.port) as client:
            await client.send(request("POST /products/", "transfer-encoding: chunked"))
            await client.send(b"%x\r\n%b\r\n" % (200_000, b"x" * 200_000))
            assert_page(await client.reply(), 413)
        assert web.seen == []

    async def test_a_body_that_does_not_come_is_a_408(
        self, site_settings: GatewaySettings, web: RawService
    ) -> None:
        hasty = site_settings.model_copy(update={"client_timeout": timedelta(seconds=0.2)})
        async with running(hasty) as gateway:
            assert_page(await ask(gateway.port, request("POST /", "content-length: 10")), 408)
        assert web.seen == []

    async def test_an_encoded_body_is_a_415(self, site: RunningGateway, web: RawService) -> None:
        assert_page(await site.ask("POST /", "content-encoding: gzip", body=b"x"), 415)
        assert web.seen == []

    async def test_too_many_are_a_429(
        self, site_settings: GatewaySettings, web: RawService, clock: MovableClock
    ) -> None:
        async with few_requests(site_settings, address_limit=2) as gateway:
            for _ in range(2):
                assert (await gateway.ask("GET /")).status == 200
            reply = await gateway.ask("GET /products", "accept-language: ru")
            page = assert_page(reply, 429, "ru")
            assert reply.values(b"retry-after") == [b"30"]
            assert "секунд: 30." in page
            assert b"r=0;t=30" in reply.values(b"ratelimit")[0]
        assert len(web.seen) == 2

    async def test_too_many_under_way_are_one_too(
        self, site_settings: GatewaySettings, web: RawService
    ) -> None:
        web.script = keep_silent
        async with (
            few_requests(site_settings, address_concurrency=1) as gateway,
            connected(gateway.port) as client,
        ):
            await client.send(request("GET /"))
            await until(lambda: web.open == 1)
            assert_page(await gateway.ask("GET /"), 429)


@asynccontextmanager
async def few_requests(settings: GatewaySettings, **limits: int) -> AsyncIterator[RunningGateway]:
    async with running(settings.model_copy(update=limits)) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.mark.parametrize("path", ["/products/../x", "/%61pi/v1/products", "//x"])
async def test_a_tricky_path_is_a_400(site: RunningGateway, path: str) -> None:
    assert_page(await site.ask(f"GET {path}"), 400)


async def test_an_unclear_length_is_a_400_and_the_last(
    site: RunningGateway, web: RawService
) -> None:
    fields = ("content-length: 1", "transfer-encoding: chunked")
    reply = await ask(site.port, request("POST /", *fields) + b"0\r\n\r\n")
    assert (reply.status, reply.values(b"connection")) == (400, [b"close"])
    assert web.seen == []


async def test_two_hosts_are_a_400(site: RunningGateway, web: RawService) -> None:
    assert_page(await site.ask("GET /", "host: other.example"), 400)
    assert web.seen == []


async def test_what_the_web_service_refuses_passes_as_it_is(
    site: RunningGateway, web: RawService
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.answer(b"<h1>its own", status="503 Away", fields="retry-after: 9\r\n")

    web.script = after_request(refuse)
    reply = await site.ask("GET /")
    assert (reply.status, reply.body) == (503, b"<h1>its own")
    assert reply.values(b"retry-after") == [b"9"]


async def test_below_api_errors_are_json_as_before(site: RunningGateway) -> None:
    assert (await site.ask("GET /api/v1/products")).json() == {
        "code": 401,
        "message": "Unauthorized",
    }
    assert (await site.ask("GET /api/v1/../x")).json()["error"] == "bad_path"
