"""Services that are gone, full, slow or broken."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from gateway.routes.catalog import CATALOG
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import (
    LOGIN,
    PRODUCTS,
    ask,
    connected,
    request,
    upload,
)
from testing.gateway.raw_service import (
    Peer,
    RawService,
    keep_silent,
    repeat,
    until,
)

pytestmark = pytest.mark.timing


class TestSentToTheClient:
    async def test_a_service_that_is_gone_is_a_502(self, settings: GatewaySettings) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
            changed = settings.model_copy(update={"catalog_url": nowhere})
            async with running(changed) as gateway:
                await until_ready(gateway)
                reply = await gateway.ask_signed_in(PRODUCTS)
        assert reply.status == 502
        assert reply.json() == {
            "code": 502,
            "message": "The service behind the gateway did not answer properly.",
            "error": "bad_gateway",
        }
        assert reply.values(b"vitrina-not-sent") == [b"?1"]

    @pytest.mark.parametrize(
        "act",
        [
            lambda peer: peer.close(),
            lambda peer: peer.reset(),
            lambda peer: peer.send(b"HTTP/1.1 200 OK\r\ncontent"),
            lambda peer: peer.send(b"<html>not http</html>"),
            lambda peer: peer.answer(fields="transfer-encoding: chunked\r\n"),
        ],
    )
    async def test_no_proper_response_is_a_502_and_nothing_is_asked_twice(
        self, gateway: RunningGateway, catalog: RawService,
        act: Callable[[Peer], Awaitable[None] | None],
    ) -> None:  # fmt: skip
        async def script(peer: Peer) -> None:
            await peer.request()
            done = act(peer)
            if done is not None:
                await done

        catalog.script = script
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.json()["error"]) == (502, "bad_gateway")
        assert reply.values(b"vitrina-not-sent") == []
        assert len(catalog.seen) == 1

    async def test_a_slow_service_is_a_504(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = keep_silent
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.json()["error"]) == (504, "gateway_timeout")
        await catalog.until_open(0)

    @pytest.mark.parametrize("size", [10, 2_000_000])
    async def test_an_import_may_take_longer_than_everything_else(
        self, gateway: RunningGateway, catalog: RawService, size: int
    ) -> None:
        async def answer_late(peer: Peer) -> None:
            await peer.request()
            await asyncio.sleep(1.5)  # the settings give all others one second
            await peer.answer()

        catalog.script = answer_late
        reply = await ask(gateway.port, upload(body=b"x" * size))
        assert reply.status == 200

    async def test_a_full_service_is_a_503_with_retry_after(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = keep_silent
        limit, queue = 8, 4
        replies = await asyncio.gather(
            *(gateway.ask_signed_in(PRODUCTS) for _ in range(limit + queue + 3))
        )
        assert Counter(reply.status for reply in replies) == {504: limit, 503: queue + 3}
        busy = next(reply for reply in replies if reply.status == 503)
        assert busy.json()["error"] == "service_unavailable"
        assert busy.values(b"retry-after") == [b"1"]
        assert catalog.accepted == limit

    async def test_one_full_service_leaves_the_other_alone(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        catalog.script = keep_silent
        waiting = [asyncio.ensure_future(gateway.ask_signed_in(PRODUCTS)) for _ in range(12)]
        await until(lambda: gateway.app.proxy.upstreams[CATALOG].busy == 8)
        assert (await gateway.ask(LOGIN, body=b"{}")).status == 200
        await asyncio.gather(*waiting)

    async def test_after_a_restart_everything_works_again(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        assert (await gateway.ask_signed_in(PRODUCTS)).status == 200
        await catalog.forget()
        await until(lambda: gateway.app.proxy.upstreams[CATALOG].idle == 0)
        assert (await gateway.ask_signed_in(PRODUCTS)).status == 200


class TestCutResponses:
    @pytest.mark.parametrize(
        "beginning",
        [
            b"content-length: 9\r\n\r\npart",
            b"content-length: 900000\r\n\r\n" + b"x" * 500_000,
            b"transfer-encoding: chunked\r\n\r\n4\r\npart\r\n",
            b"\r\npart",
        ],
        ids=["length", "long", "chunked", "until close"],
    )
    @pytest.mark.parametrize("end", ["close", "reset"])
    async def test_a_part_never_looks_like_the_whole(
        self, gateway: RunningGateway, catalog: RawService, beginning: bytes, end: str
    ) -> None:
        async def cut(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\n" + beginning)
            await asyncio.sleep(0.05)
            getattr(peer, end)()

        catalog.script = cut
        reply = await gateway.ask_signed_in(PRODUCTS)
        whole = beginning == b"\r\npart" and end == "close"
        assert (reply.status, reply.clean) == (200, whole)
        assert len(catalog.seen) == 1

    async def test_a_pause_inside_a_response_cuts_it(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def pause(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
            await keep_silent(peer)

        catalog.script = pause
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.body, reply.clean) == (200, b"part", False)

    async def test_a_response_without_an_end_is_cut_when_its_time_is_over(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        async def drip(peer: Peer) -> None:
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while True:
                await peer.send(b"1\r\nx\r\n")
                await asyncio.sleep(0.05)

        catalog.script = repeat(drip)
        short = settings.model_copy(update={"total_timeout": timedelta(seconds=0.5)})
        async with running(short) as gateway:
            await until_ready(gateway)
            began = time.monotonic()
            reply = await gateway.ask_signed_in(PRODUCTS)
            assert (reply.status, reply.clean) == (200, False)
            assert time.monotonic() - began > 0.4
            await catalog.until_open(0)

    async def test_a_request_that_is_not_served_is_a_504_when_its_time_is_over(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService
    ) -> None:
        catalog.script = keep_silent
        times = {"total_timeout": timedelta(seconds=0.5), "response_timeout": timedelta(minutes=1)}
        short = settings.model_copy(update=times)
        async with running(short) as gateway:
            await until_ready(gateway)
            reply = await gateway.ask_signed_in(PRODUCTS)
            assert (reply.status, reply.json()["error"]) == (504, "gateway_timeout")

    async def test_a_chunk_that_is_none_cuts_it(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def spoil(peer: Peer) -> None:
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
            await asyncio.sleep(0.05)
            await peer.send(b"zz\r\n")

        catalog.script = spoil
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.body, reply.clean) == (200, b"a", False)


class TestNothingTwice:
    @pytest.mark.parametrize("end", ["close", "reset"])
    async def test_a_request_on_a_kept_connection_that_ends_without_a_response_is_not_repeated(
        self, gateway: RunningGateway, auth: RawService, end: str
    ) -> None:
        async def answer_once(peer: Peer) -> None:
            await peer.request()
            await peer.answer()
            await peer.request()
            getattr(peer, end)()

        auth.script = answer_once
        await auth.until_open(0)
        for number in range(10):
            first = await gateway.ask(LOGIN, body=b"%d" % number)
            second = await gateway.ask(LOGIN, body=b"again %d" % number)
            assert (first.status, second.status) == (200, 502)
        bodies = Counter(seen.body for seen in auth.seen if b"login" in seen.line)
        assert set(bodies.values()) == {1}
        assert len(bodies) == 20

    async def test_requests_racing_a_close_arrive_once_or_not_at_all(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async def answer_and_close(peer: Peer) -> None:
            await peer.request()
            await peer.answer()
            await asyncio.sleep(0)
            peer.close()

        auth.script = answer_and_close
        statuses: Counter[int] = Counter()
        async with connected(gateway.port) as client:
            for number in range(100):
                reply = await client.ask(request(LOGIN, body=b"%d" % number))
                statuses[reply.status] += 1
        assert set(statuses) <= {200, 502}
        bodies = Counter(seen.body for seen in auth.seen if b"login" in seen.line)
        assert set(bodies.values()) == {1}
