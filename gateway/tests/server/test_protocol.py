"""Requests that no service should see, and what becomes of the connection behind them."""

import asyncio
import re

import pytest

from gateway.server.request_parser import HEAD_LIMIT
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import LOGIN, RawClient, ask, connected, request
from testing.gateway.raw_service import RawService, after_request
from testing.tokens import access_token

pytestmark = pytest.mark.timing

HOST = b"host: shop.example\r\n"
BAD = {
    "absolute form": b"GET http://evil.example/docs HTTP/1.1\r\n" + HOST,
    "asterisk form": b"OPTIONS * HTTP/1.1\r\n" + HOST,
    "authority form": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST,
    "a fragment": b"GET /docs#a HTTP/1.1\r\n" + HOST,
    "no path": b"GET docs HTTP/1.1\r\n" + HOST,
    "bytes outside ASCII": b"GET /docs\xff HTTP/1.1\r\n" + HOST,
    "no host": b"GET /docs HTTP/1.1\r\n",
    "an empty host": b"GET /docs HTTP/1.1\r\nhost:\r\n",
    "a host with a path": b"GET /docs HTTP/1.1\r\nhost: shop.example/evil\r\n",
    "a host with a user": b"GET /docs HTTP/1.1\r\nhost: evil@shop.example\r\n",
    "a list of hosts": b"GET /docs HTTP/1.1\r\nhost: shop.example, evil.example\r\n",
    "two hosts": b"GET /docs HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
    "two equal hosts": b"GET /docs HTTP/1.1\r\n" + HOST + HOST,
    "two lengths": b"POST /docs HTTP/1.1\r\n" + HOST + b"content-length: 1\r\n" * 2,
    "a signed length": b"POST /docs HTTP/1.1\r\n" + HOST + b"content-length: +1\r\n",
    "an overflowing length": b"POST /docs HTTP/1.1\r\n"
    + HOST
    + b"content-length: %b\r\n" % (b"9" * 5000),
    "length and chunked": b"POST /docs HTTP/1.1\r\n"
    + HOST
    + b"content-length: 1\r\ntransfer-encoding: chunked\r\n",
    "another coding": b"POST /docs HTTP/1.1\r\n" + HOST + b"transfer-encoding: xchunked\r\n",
    "two codings": b"POST /docs HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip, chunked\r\n",
    "chunked twice": b"POST /docs HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n" * 2,
    "an unknown method": b"BREW /docs HTTP/1.1\r\n" + HOST,
    "another version": b"GET /docs HTTP/3.0\r\n" + HOST,
    "a version that has frames": b"GET /docs HTTP/2.0\r\n" + HOST,
    "a version that has no fields": b"GET /docs HTTP/0.9\r\n" + HOST,
    "no version": b"GET /docs\r\n" + HOST,
    "no version and no field": b"GET /docs\r\n",
    "no version and an upgrade": b"GET /docs\r\n"
    + HOST
    + b"connection: upgrade\r\nupgrade: h2c\r\n",
    "a bare line feed": b"GET /docs HTTP/1.1\nhost: a\n",
    "a folded field": b"GET /docs HTTP/1.1\r\nhost: a\r\n b\r\n",
    "NUL": b"GET /docs HTTP/1.1\r\n" + HOST + b"a: \x00\r\n",
    "a space before the colon": b"GET /docs HTTP/1.1\r\nhost : a\r\n",
    "a huge field": b"GET /docs HTTP/1.1\r\n" + HOST + b"a: " + b"x" * HEAD_LIMIT + b"\r\n",
    "a huge target": b"GET /docs?" + b"x" * HEAD_LIMIT + b" HTTP/1.1\r\n" + HOST,
    "too many fields": b"GET /docs HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 11_000,
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_request_is_a_400_in_the_one_shape(gateway: RunningGateway, name: str) -> None:
    reply = await ask(gateway.port, BAD[name] + b"\r\n")
    assert (reply.status, reply.json()["code"]) == (400, 400)
    assert reply.values(b"content-type") == [b"application/json"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:80", "[::1]:8000"])
async def test_every_way_to_write_a_host_is_served(gateway: RunningGateway, host: str) -> None:
    head = f"GET /health/live HTTP/1.1\r\nhost: {host}\r\n\r\n"
    assert (await ask(gateway.port, head.encode())).status == 200


async def test_a_head_that_does_not_end_is_refused(gateway: RunningGateway) -> None:
    async with connected(gateway.port) as client:
        await client.send(b"GET /docs HTTP/1.1\r\na: ")
        for _ in range(HEAD_LIMIT // 8192 + 1):
            await client.send(b"x" * 8192)
        assert (await client.reply()).status == 400


async def test_a_large_head_within_the_limit_is_served(gateway: RunningGateway) -> None:
    reply = await gateway.ask("GET /docs", "a: " + "x" * (HEAD_LIMIT - 200))
    assert reply.status == 200


async def test_many_requests_on_one_connection_do_not_add_up(gateway: RunningGateway) -> None:
    async with connected(gateway.port) as client:
        for _ in range(3):
            reply = await client.ask(request("GET /docs", "a: " + "x" * 30_000))
            assert reply.status == 200


async def test_pipelined_requests_are_served_in_order(
    gateway: RunningGateway, catalog: RawService
) -> None:
    good = request("GET /api/v1/products", f"authorization: Bearer {access_token()}")
    async with connected(gateway.port) as client:
        await client.send(good + request("GET /nowhere") + good)
        async with asyncio.timeout(30):
            answers = b""
            while answers.count(b"HTTP/1.1 ") < 3 or not answers.endswith(b"ok"):
                answers += await client.reader.read(65536)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"401", b"200"]


async def answers_until_the_end(client: RawClient) -> bytes:
    async with asyncio.timeout(30):
        return await client.reader.read()


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d+)", answers)


class TestUpgrade:
    """An upgrade to another protocol is not granted, and costs nothing (RFC 9110 section 7.8)."""

    UPGRADES = (
        ("connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAMAAABk"),
        ("Connection: keep-alive, Upgrade", "Upgrade: TLS/1.0"),
    )

    @pytest.mark.parametrize("upgrade", UPGRADES)
    async def test_a_request_without_a_body_is_served(
        self, gateway: RunningGateway, upgrade: tuple[str, ...]
    ) -> None:
        async with connected(gateway.port) as client:
            for _ in range(2):
                assert (await client.ask(request("GET /health/live", *upgrade))).status == 200

    @pytest.mark.parametrize("pause", [True, False])
    @pytest.mark.parametrize("chunked", [True, False])
    async def test_a_body_passes_whole(
        self, gateway: RunningGateway, auth: RawService, *, chunked: bool, pause: bool
    ) -> None:
        framing = "transfer-encoding: chunked" if chunked else "content-length: 5"
        body = b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n" if chunked else b"hello"
        auth.script = after_request(lambda peer: peer.answer())
        async with connected(gateway.port) as client:
            head = request(LOGIN, *self.UPGRADES[0], framing, "x-mine: a  b")
            if pause:
                await client.send(head)
                await asyncio.sleep(0.05)
                head = b""
            assert (await client.ask(head + body)).status == 200
        assert auth.seen[-1].body == b"hello"
        names = {name for name, _ in auth.seen[-1].fields}
        assert b"x-mine" in names
        assert names.isdisjoint({b"connection", b"upgrade", b"http2-settings"})

    async def test_requests_behind_it_are_served_too(self, gateway: RunningGateway) -> None:
        wishing = request("GET /health/live", *self.UPGRADES[0])
        async with connected(gateway.port) as client:
            await client.send(wishing * 2 + request("GET /", "connection: close"))
            assert statuses(await answers_until_the_end(client)) == [b"200", b"200", b"307"]

    async def test_what_is_refused_without_an_upgrade_is_refused_with_it(
        self, gateway: RunningGateway
    ) -> None:
        reply = await gateway.ask("GET http://evil.example/docs", *self.UPGRADES[0])
        assert reply.status == 400


class TestNonsenseBehindARequest:
    async def test_the_request_is_served_first(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        auth.script = after_request(lambda peer: peer.answer())
        good = request(LOGIN, body=b"{}")
        async with connected(gateway.port) as client:
            await client.send(good + good + b"GARBAGE\r\n\r\n")
            await client.send(b"more of it\r\n\r\n")
            assert statuses(await answers_until_the_end(client)) == [b"200", b"200", b"400"]

    async def test_a_response_without_a_body_keeps_its_place(self, gateway: RunningGateway) -> None:
        async with connected(gateway.port) as client:
            await client.send(request("HEAD /health/live") + b"GARBAGE\r\n\r\n")
            assert statuses(await answers_until_the_end(client)) == [b"200", b"400"]

    async def test_a_body_that_breaks_off_takes_nobody_with_it(
        self, gateway: RunningGateway
    ) -> None:
        broken = request(LOGIN, "transfer-encoding: chunked") + b"xyz\r\n"
        async with connected(gateway.port) as client:
            await client.send(request("GET /health/live") + broken)
            assert statuses(await answers_until_the_end(client)) == [b"200", b"400"]

    async def test_a_body_that_breaks_off_is_refused_once(self, gateway: RunningGateway) -> None:
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "transfer-encoding: chunked") + b"xyz\r\n")
            assert statuses(await answers_until_the_end(client)) == [b"400"]
