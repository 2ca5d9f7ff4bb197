"""Bodies of requests: counted, streamed, and given up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from gateway.route import BODY_LIMIT, BULK_LIMIT
from gateway.route_table import ROUTES
from gateway.routes.auth import AUTH
from gateway.routes.catalog import CATALOG
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import (
    LOGIN,
    connected,
    request,
    upload,
)
from testing.gateway.raw_service import (
    Peer,
    RawService,
    until,
)

pytestmark = pytest.mark.timing

OK = b"HTTP/1.1 200 OK\r\n"


class TestBodies:
    async def test_a_body_at_the_limit_goes_through(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        body = bytes(range(256)) * (BODY_LIMIT // 256)
        assert (await gateway.ask(LOGIN, body=body)).status == 200
        assert auth.seen[-1].body == body

    async def test_a_chunked_body_at_the_limit_goes_through_whole(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        body = b"x" * BODY_LIMIT
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "transfer-encoding: chunked"))
            for start in range(0, BODY_LIMIT, 100_000):
                piece = body[start : start + 100_000]
                await client.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            reply = await client.ask(b"0\r\n\r\n")
        assert reply.status == 200
        assert auth.seen[-1].body == body
        assert auth.seen[-1].values(b"content-length") == [b"%d" % BODY_LIMIT]

    async def test_a_long_chunked_body_goes_through_chunked(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        body = b"x" * (2 * BULK_LIMIT)
        async with connected(gateway.port) as client:
            await client.send(upload("transfer-encoding: chunked"))
            for start in range(0, len(body), 100_000):
                piece = body[start : start + 100_000]
                await client.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            reply = await client.ask(b"0\r\n\r\n")
        assert reply.status == 200
        assert catalog.seen[-1].body == body
        assert catalog.seen[-1].values(b"transfer-encoding") == [b"chunked"]

    async def test_a_declared_length_over_the_limit_is_refused_immediately(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        before = auth.accepted
        async with connected(gateway.port) as client:
            reply = await client.ask(request(LOGIN, f"content-length: {BODY_LIMIT + 1}"))
        assert (reply.status, reply.json()["error"]) == (413, "payload_too_large")
        assert auth.accepted == before

    @pytest.mark.parametrize(
        "coding", ["gzip", "Deflate", "identity, br", ", zstd,", "x", "identity;q=1"]
    )
    async def test_an_encoded_body_is_refused_with_the_encodings_that_are_accepted(
        self, gateway: RunningGateway, auth: RawService, coding: str
    ) -> None:
        fields = [f"content-encoding: {one}" for one in ("identity", coding)]
        before = auth.accepted
        for more in (["content-length: 5"], ["transfer-encoding: chunked"]):
            reply = await gateway.ask(LOGIN, *fields, *more, "expect: 100-continue")
            assert (reply.status, reply.json()["error"]) == (415, "unsupported_encoding")
            assert reply.values(b"accept-encoding") == [b"identity"]
        assert auth.accepted == before

    async def test_a_bad_token_is_refused_first(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask("POST /api/v1/products", "content-encoding: gzip", body=b"x")
        assert reply.status == 401

    @pytest.mark.parametrize("coding", ["identity", "", ",", "Identity, identity"])
    async def test_a_body_that_is_itself_goes_through(
        self, gateway: RunningGateway, auth: RawService, coding: str
    ) -> None:
        reply = await gateway.ask(LOGIN, f"content-encoding: {coding}", body=b"hello")
        assert reply.status == 200
        assert auth.seen[-1].body == b"hello"

    async def test_without_a_body_its_coding_means_nothing(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        reply = await gateway.ask_signed_in("GET /api/v1/products", "content-encoding: gzip")
        assert reply.status == 200

    async def test_no_100_continue_for_what_will_be_refused(self, gateway: RunningGateway) -> None:
        length = f"content-length: {BODY_LIMIT + 1}"
        reply = await gateway.ask(LOGIN, "expect: 100-continue", length)
        assert reply.status == 413

    async def test_100_continue_for_what_may_come(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "expect: 100-continue", "content-length: 2"))
            assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert (await client.ask(b"hi")).status == 200
        assert auth.seen[-1].body == b"hi"

    async def test_a_chunked_body_is_counted(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "transfer-encoding: chunked"))
            for _ in range(BODY_LIMIT // 65536 + 1):
                await client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            reply = await client.reply()
        assert (reply.status, reply.json()["error"]) == (413, "payload_too_large")
        assert not [seen for seen in auth.seen if b"login" in seen.line]
        await until(lambda: gateway.app.proxy.upstreams[AUTH].busy == 0)

    @pytest.mark.parametrize("size", [0, 100_000])
    @pytest.mark.parametrize("head", [request(LOGIN), upload()], ids=["kept", "passed on"])
    async def test_a_client_that_stops_sending_gets_a_408_and_costs_no_connection(
        self,
        gateway: RunningGateway,
        monkeypatch: pytest.MonkeyPatch,
        head: bytes,
        size: int,
    ) -> None:
        monkeypatch.setattr("gateway.server.request_body.RequestBody.next", impatient())
        length = 130_000 if b"login" in head else 2 * BULK_LIMIT
        async with connected(gateway.port) as client:
            start = head.removesuffix(b"\r\n")
            await client.send(start + b"content-length: %d\r\n\r\n" % length + b"x" * size)
            reply = await client.reply()
        assert (reply.status, reply.json()["error"]) == (408, "request_timeout")
        upstreams = gateway.app.proxy.upstreams.values()
        await until(lambda: not any(upstream.busy for upstream in upstreams))

    async def test_an_early_response_is_delivered_during_the_upload(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(b"no", status="403 Forbidden")
            peer.close()

        catalog.script = refuse
        async with connected(gateway.port) as client:
            await client.send(upload("content-length: 2000000") + b"x" * 500_000)
            reply = await client.reply()
        assert (reply.status, reply.body) == (403, b"no")
        await until(lambda: gateway.app.proxy.upstreams[CATALOG].busy == 0)

    async def test_an_upload_may_pause_longer_than_the_service_may(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            await client.send(upload("content-length: 2000002") + b"x" * 2_000_000)
            await asyncio.sleep(1.5)  # the limits for services are one second
            assert (await client.ask(b"hi")).status == 200
        assert catalog.seen[-1].body[-4:] == b"xxhi"

    async def test_a_client_that_leaves_during_its_upload_ends_it(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        upstream = gateway.app.proxy.upstreams[CATALOG]
        async with connected(gateway.port) as client:
            await client.send(upload("content-length: 2000000") + b"x" * 100_000)
            await until(lambda: upstream.busy == 1)
        await until(lambda: upstream.busy == 0)
        assert not catalog.seen

    async def test_an_upload_that_is_cut_after_the_response_began_cuts_the_response(
        self, gateway: RunningGateway, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def answer_slowly(peer: Peer) -> None:
            await peer.head()
            await peer.send(OK + b"content-length: 9\r\n\r\npart")
            await peer.reader.read()

        catalog.script = answer_slowly
        (route,) = [one for one in ROUTES if one.streams and one.service == CATALOG]
        monkeypatch.setattr(
            gateway.app.table, "_exact", {b"/import": {"POST": replace(route, body_limit=2**21)}}
        )
        async with connected(gateway.port) as client:
            head = upload("transfer-encoding: chunked")
            await client.send(head.replace(route.path.encode(), b"/import"))
            for _ in range(2**21 // 65536 + 1):
                await client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            reply = await client.reply()
        assert (reply.status, reply.body, reply.clean) == (200, b"part", False)


def impatient() -> Callable[..., Awaitable[bytes]]:
    """Return `RequestBody.next` with a short limit."""
    from gateway.server.request_body import RequestBody

    original = RequestBody.next

    async def next_soon(self: RequestBody) -> bytes:
        self._timeout = 0.1
        return await original(self)

    return next_soon
