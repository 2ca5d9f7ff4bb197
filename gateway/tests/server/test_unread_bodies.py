"""A connection whose request body was not read whole before its response serves no other request.

What comes behind such a response would be taken for another person's request, if a proxy in front
of the gateway reused the connection.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.route import IMPORT_LIMIT
from gateway.routes.catalog import CATALOG
from gateway.server.connection import DISCARDED
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.gateway.raw_client import LOGIN, RawClient, connected, request, upload
from testing.gateway.raw_service import Peer, RawService, until
from testing.tokens import access_token

pytestmark = pytest.mark.timing

HIDDEN = request("POST /api/v1/auth/register", "connection: close", body=b"hidden")
UPGRADE = ("connection: upgrade", "upgrade: websocket", "sec-websocket-key: a")
TOKEN = "authorization: Bearer "
STRANGERS = {
    "without a token": (401, "POST /api/v1/products", ()),
    "with a token that is none": (401, "POST /api/v1/products", (f"{TOKEN}none",)),
    "to a path that is written strangely": (400, "POST /api/v1//products", ()),
    "without a host": (400, "POST /api/v1/auth/login", ("host: another",)),
    "for another protocol": (501, "GET /health/live", UPGRADE),
    "a preflight": (
        204,
        "OPTIONS /api/v1/products",
        ("origin: https://shop.example", "access-control-request-method: POST"),
    ),
    "to a page of the gateway": (200, "GET /health/live", ()),
    "to a page of the gateway, for its head": (200, "HEAD /health/live", ()),
    "to a compressed page": (200, "GET /openapi.json", ("accept-encoding: gzip",)),
    "to be sent elsewhere": (307, "GET /", ()),
    "to a method that a page has not": (401, "POST /docs", ()),
}
SIGNED_IN = {
    "to nowhere": (404, "POST /api/v1/nowhere", ()),
    "by a method that is not there": (405, "PUT /api/v1/products", ()),
    "to learn the methods": (204, "OPTIONS /api/v1/products", ()),
}
FRAMINGS = {
    "a length": ("content-length: %d", b"", b""),
    "chunks": ("transfer-encoding: chunked", b"%x\r\n", b"\r\n0\r\n\r\n"),
}
CASES = [
    *((status, line, fields) for status, line, fields in STRANGERS.values()),
    *(
        (status, line, (*fields, f"{TOKEN}{access_token()}"))
        for status, line, fields in SIGNED_IN.values()
    ),
]
NAMES = [*STRANGERS, *SIGNED_IN]


async def require_the_end(
    client: RawClient, status: int, *, head_only: bool = False, body: bytes = HIDDEN
) -> None:
    """Read a response that says it is the last, send what looks like a request, and get nothing."""
    reply = await client.reply(head_only=head_only)
    assert (reply.status, reply.values(b"connection")) == (status, [b"close"])
    await client.send(body)
    async with asyncio.timeout(30):
        assert await client.reader.read() == b""


def asked(service: RawService) -> list[bytes]:
    """Return what clients asked a service for."""
    return [seen.line for seen in service.seen if b" /api/" in seen.line]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize(("status", "line", "fields"), CASES, ids=NAMES)
async def test_after_an_early_response_the_connection_ends(
    gateway: RunningGateway,
    auth: RawService,
    status: int,
    line: str,
    fields: tuple[str, ...],
    framing: str,
) -> None:
    field, before, behind = FRAMINGS[framing]
    size = len(HIDDEN)
    length = field % size if "%" in field else field
    async with connected(gateway.port) as client:
        await client.send(request(line, *fields, length))
        body = (before % size if before else b"") + HIDDEN + behind
        await require_the_end(client, status, head_only=line.startswith("HEAD"), body=body + HIDDEN)
    assert not asked(auth)


@pytest.mark.parametrize("sent", [0, 1, len(HIDDEN) - 1])
async def test_a_body_of_which_a_byte_is_missing_is_not_whole(
    gateway: RunningGateway, sent: int
) -> None:
    async with connected(gateway.port) as client:
        head = request("POST /api/v1/products", f"content-length: {len(HIDDEN)}")
        await client.send(head + HIDDEN[:sent])
        await require_the_end(client, 401, body=HIDDEN[sent:])


async def test_a_body_that_is_there_costs_no_connection(gateway: RunningGateway) -> None:
    async with connected(gateway.port) as client:
        for _ in range(3):
            reply = await client.ask(request("POST /api/v1/products", body=b"{}"))
            assert (reply.status, reply.values(b"connection")) == (401, [])


async def test_what_is_too_large_is_refused_immediately_and_the_connection_ends(
    gateway: RunningGateway, auth: RawService
) -> None:
    async with connected(gateway.port) as client:
        await client.send(request(LOGIN, f"content-length: {IMPORT_LIMIT}"))
        await require_the_end(client, 413)
    assert not asked(auth)


async def test_a_limit_ends_the_connection(
    settings: GatewaySettings, auth: RawService, catalog: RawService
) -> None:
    strict = settings.model_copy(update={"sign_in_limit": 1})
    async with running(strict) as gateway:
        await until_ready(gateway)
        assert (await gateway.ask(LOGIN, body=b"{}")).status == 200
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "content-length: 100"))
            await require_the_end(client, 429)


async def test_a_response_before_the_end_of_an_upload_is_the_last_of_both_connections(
    gateway: RunningGateway, catalog: RawService
) -> None:
    """The service's connection is not kept either: it may take the rest for a request."""

    async def refuse(peer: Peer) -> None:
        await peer.head()
        await peer.answer(b"no", status="403 Forbidden")
        await peer.reader.read()

    catalog.script = refuse
    async with connected(gateway.port) as client:
        await client.send(upload("content-length: 3000000") + b"x" * 200_000)
        await require_the_end(client, 403)
    upstream = gateway.app.proxy.upstreams[CATALOG]
    await until(lambda: upstream.taken == 0)


class TestLingering:
    """Closing with something unread would make the other side forget the response."""

    async def test_who_sends_first_and_reads_afterwards_gets_the_response(
        self, gateway: RunningGateway
    ) -> None:
        async with connected(gateway.port) as client:
            size = DISCARDED // 2
            await client.send(request("POST /api/v1/products", f"content-length: {size}"))
            for _ in range(size // 65536):
                await client.send(b"x" * 65536)
            reply = await client.reply()
            assert (reply.status, reply.clean) == (401, True)

    async def test_what_is_taken_in_behind_the_response_is_bounded(
        self, gateway: RunningGateway
    ) -> None:
        async with connected(gateway.port) as client:
            await client.send(request("POST /api/v1/products", "content-length: 100000000"))
            assert (await client.reply()).status == 401
            with pytest.raises((ConnectionError, RuntimeError)):
                async with asyncio.timeout(30):
                    while True:
                        await client.send(b"x" * 65536)

    async def test_so_is_the_time(
        self, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.server.connection.LINGER", 0.2)
        async with connected(gateway.port) as client:
            await client.send(request("POST /api/v1/products", "content-length: 100000000"))
            assert (await client.reply()).status == 401
            with pytest.raises((ConnectionError, RuntimeError)):
                async with asyncio.timeout(30):
                    while True:
                        await client.send(b"x")
                        await asyncio.sleep(0.02)

    async def test_a_response_that_is_read_slowly_is_not_cut(
        self, impatient: RunningGateway, catalog: RawService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The time to linger begins when the response has left."""
        size = 16 * 1024 * 1024

        async def answer_early(peer: Peer) -> None:
            await peer.head()
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
            for _ in range(size // 65536):
                await peer.send(b"x" * 65536)
            await peer.reader.read()

        monkeypatch.setattr("gateway.server.connection.LINGER", 0.1)
        catalog.script = answer_early
        async with connected(impatient.port) as client:
            await client.send(upload("content-length: 3000000") + b"x" * 200_000)
            await client.reader.readuntil(b"\r\n\r\n")
            read = 0
            while piece := await client.reader.read(2**20):
                read += len(piece)
                await asyncio.sleep(0.02)
        assert read == size

    @pytest.fixture
    async def impatient(
        self, settings: GatewaySettings, auth: RawService
    ) -> AsyncIterator[RunningGateway]:
        patient = settings.model_copy(update={"client_timeout": timedelta(seconds=5)})
        async with running(patient) as gateway:
            await until_ready(gateway)
            yield gateway


async def test_pipelined_behind_an_early_response_nothing_is_served(
    gateway: RunningGateway, auth: RawService
) -> None:
    async with connected(gateway.port) as client:
        half = request("POST /api/v1/products", "content-length: 10") + b"01234"
        await client.send(request("GET /health/live") + half)
        await client.send(b"56789" + HIDDEN)
        async with asyncio.timeout(30):
            answers = await client.reader.read()
    statuses = re.findall(rb"HTTP/1.1 (\d+)", answers)
    assert statuses in ([b"200", b"401"], [b"200", b"401", b"200"])
    if len(statuses) == 2:
        assert not asked(auth)
