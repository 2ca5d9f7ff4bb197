"""What reaches the services and what comes back, on the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_network

import pytest

from gateway.routes import BODY_LIMIT, Service
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.raw_client import connected, request
from gateway.tests.raw_service import Peer, RawService
from shared.testing.tokens import access_token

PRODUCTS = "GET /api/v1/products"
LOGIN = "POST /api/v1/auth/login"


def signed_in(line: str, *fields: str, body: bytes = b"") -> bytes:
    """Write a request with a good token."""
    return request(line, f"authorization: Bearer {access_token()}", *fields, body=body)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, for at most five seconds."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
async def _trusting(settings: GatewaySettings) -> AsyncIterator[RunningGateway]:
    networks = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))
    async with running(settings.model_copy(update={"trusted_proxies": networks})) as gateway:
        await until_ready(gateway)
        yield gateway


@pytest.fixture
def trusting(_trusting: RunningGateway, auth: RawService, catalog: RawService) -> RunningGateway:
    """A gateway behind proxies: this machine, and those of a network."""
    return _trusting


class TestRequests:
    @pytest.mark.parametrize(
        "target",
        [
            "/api/v1/products?page=2&q=%D0%BA%20%2e%2e/",
            "/api/v1/products?",
            "/api/v1/products?a=//..;\\&b=%00",
            "/api/v1/products/%41%20b",
            "/api/v1/products/caf%C3%A9!$&'()*+,=:@~",
        ],
    )
    async def test_the_target_goes_through_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService, target: str
    ) -> None:
        assert (await gateway.ask_signed_in(f"GET {target}")).status == 200
        assert catalog.seen[0].line == f"GET {target} HTTP/1.1".encode()

    async def test_fields_go_through_in_order_and_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        await gateway.ask_signed_in(
            PRODUCTS, "accept: a/b", "x-note: caf\xe9", "accept: c/d", 'if-none-match: W/"1"'
        )
        passed = [field for field in catalog.seen[0].fields if field[0] != b"authorization"]
        assert passed[1:5] == [
            (b"accept", b"a/b"),
            (b"x-note", b"caf\xe9"),
            (b"accept", b"c/d"),
            (b"if-none-match", b'W/"1"'),
        ]

    async def test_the_gateway_says_who_asks(
        self, gateway: RunningGateway, catalog: RawService, settings: object
    ) -> None:
        reply = await gateway.ask_signed_in(PRODUCTS, "x-request-id: my-id.1")
        seen = catalog.seen[0]
        assert seen.values(b"host") == [f"127.0.0.1:{catalog.port}".encode()]
        assert seen.values(b"x-forwarded-for") == [b"127.0.0.1"]
        assert seen.values(b"x-forwarded-proto") == [b"http"]
        assert seen.values(b"x-forwarded-host") == [b"shop.example"]
        assert seen.values(b"x-request-id") == [b"my-id.1"] == reply.values(b"x-request-id")
        assert len(seen.values(b"authorization")) == 1

    @pytest.mark.parametrize(
        ("fields", "address", "scheme"),
        [
            ([], b"127.0.0.1", b"http"),
            (["x-forwarded-for: 203.0.113.7"], b"203.0.113.7", b"http"),
            (["x-forwarded-for: 2001:db8::7"], b"2001:db8::7", b"http"),
            (["x-forwarded-for: 6.6.6.6, 203.0.113.7"], b"203.0.113.7", b"http"),
            (["x-forwarded-for: 6.6.6.6", "x-forwarded-for: 203.0.113.7"], b"203.0.113.7", b"http"),
            (["x-forwarded-for: 6.6.6.6, 203.0.113.7, 10.1.2.3"], b"203.0.113.7", b"http"),
            (["x-forwarded-for: 10.1.2.4,10.1.2.3"], b"10.1.2.4", b"http"),
            (["x-forwarded-for: unknown, 10.1.2.3"], b"10.1.2.3", b"http"),
            (["x-forwarded-for: evil"], b"127.0.0.1", b"http"),
            (["x-forwarded-for: "], b"127.0.0.1", b"http"),
            (["x-forwarded-for: 1.2.3.4:80"], b"127.0.0.1", b"http"),
            (["x-forwarded-proto: https"], b"127.0.0.1", b"https"),
            (["x-forwarded-proto: HTTPS"], b"127.0.0.1", b"https"),
            (["x-forwarded-proto: https, evil"], b"127.0.0.1", b"http"),
            (["x-forwarded-proto: https", "x-forwarded-proto: http"], b"127.0.0.1", b"http"),
            (["x-forwarded-proto: gopher"], b"127.0.0.1", b"http"),
            (["forwarded: for=6.6.6.6;proto=https", "x-real-ip: 6.6.6.6"], b"127.0.0.1", b"http"),
            (["x_forwarded_for: 6.6.6.6", "x-client-ip: 6.6.6.6"], b"127.0.0.1", b"http"),
        ],
    )
    async def test_a_trusted_proxy_says_for_whom_it_asks(
        self, trusting: RunningGateway, catalog: RawService,
        fields: list[str], address: bytes, scheme: bytes,
    ) -> None:  # fmt: skip
        reply = await trusting.ask_signed_in(
            PRODUCTS, *fields, "x-forwarded-host: evil.example", "x-forwarded-prefix: /evil"
        )
        assert reply.status == 200
        seen = catalog.seen[0]
        assert seen.values(b"x-forwarded-for") == [address]
        assert seen.values(b"x-forwarded-proto") == [scheme]
        assert seen.values(b"x-forwarded-host") == [b"shop.example"]
        assert b"evil" not in seen.head
        assert b"6.6.6.6" not in seen.head

    @pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8", "::1/128", "127.0.0.2/32")])
    async def test_nobody_else_is_believed(
        self, settings: GatewaySettings, auth: RawService, catalog: RawService,
        trusted: tuple[str, ...],
    ) -> None:  # fmt: skip
        networks = tuple(map(ip_network, trusted))
        async with running(settings.model_copy(update={"trusted_proxies": networks})) as gateway:
            await until_ready(gateway)
            await gateway.ask_signed_in(
                PRODUCTS,
                "x-forwarded-for: 10.1.2.3",
                "x-forwarded-for: 6.6.6.6",
                "x-forwarded-proto: https",
            )
        seen = catalog.seen[0]
        assert seen.values(b"x-forwarded-for") == [b"127.0.0.1"]
        assert seen.values(b"x-forwarded-proto") == [b"http"]

    @pytest.mark.parametrize("bad", ["", "a" * 65, "a b", "x\xe9", "{}"])
    async def test_a_strange_request_id_is_replaced(
        self, gateway: RunningGateway, catalog: RawService, bad: str
    ) -> None:
        reply = await gateway.ask_signed_in(PRODUCTS, f"x-request-id: {bad}")
        (made,) = reply.values(b"x-request-id")
        assert made != bad.encode("latin-1")
        assert len(made) == 32
        assert catalog.seen[0].values(b"x-request-id") == [made]

    @pytest.mark.parametrize(
        "name",
        ["X-User-Id", "x-user-roles", "X_User_Id", "X-Forwarded-For", "X-Forwarded-Prefix",
         "X_Forwarded_Host", "Forwarded", "X-Real-IP", "x_real_ip", "X-Roles", "any_thing",
         "X-Remote-User", "X-Original-URL", "True-Client-IP"],
    )  # fmt: skip
    async def test_who_somebody_is_only_the_gateway_says(
        self, gateway: RunningGateway, catalog: RawService, name: str
    ) -> None:
        fillers = [f"x-filler-{number}: 1" for number in range(120)]
        await gateway.ask_signed_in(PRODUCTS, f"{name}: evil", *fillers, f"{name.lower()}: evil")
        assert b"evil" not in catalog.seen[0].head

    @pytest.mark.parametrize(
        "fields",
        [
            ["connection: keep-alive, x-secret, te", "x-secret: evil", "te: evil"],
            ["connection: X-Secret", "connection: x-other", "x-secret: evil", "x-other: evil"],
            ["keep-alive: evil"],
            ["proxy-connection: evil", "proxy-authorization: evil"],
            ["upgrade: evil"],
            ["te: evil", "trailer: evil"],
            ["expect: evil"],
        ],
    )
    async def test_what_concerns_one_hop_ends_here(
        self, gateway: RunningGateway, catalog: RawService, fields: list[str]
    ) -> None:
        await gateway.ask_signed_in(PRODUCTS, *fields, "accept: kept/as-it-is")
        assert b"evil" not in catalog.seen[0].head
        assert catalog.seen[0].values(b"connection") == []
        assert catalog.seen[0].values(b"accept") == [b"kept/as-it-is"]

    async def test_the_length_cannot_be_named_away(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        fields = ["connection: content-length, host, x-request-id"]
        assert (await gateway.ask(LOGIN, *fields, body=b"hello")).status == 200
        assert auth.seen[-1].body == b"hello"
        assert auth.seen[-1].values(b"content-length") == [b"5"]

    async def test_trailers_do_not_become_fields(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            head = request(LOGIN, "transfer-encoding: chunked")
            reply = await client.ask(head + b"2\r\nhi\r\n0\r\nX-Note: evil\r\nAccept: evil\r\n\r\n")
        assert reply.status == 200
        assert auth.seen[-1].body == b"hi"
        assert b"evil" not in auth.seen[-1].head

    async def test_an_empty_body_stays_one(self, gateway: RunningGateway, auth: RawService) -> None:
        await gateway.ask(LOGIN, "content-length: 0")
        await gateway.ask(LOGIN)
        given = [seen.values(b"content-length") for seen in auth.seen if b"login" in seen.line]
        assert given == [[b"0"], []]


class TestAnswers:
    async def answer(self, gateway: RunningGateway, catalog: RawService, data: bytes) -> object:
        async def script(peer: Peer) -> None:
            while True:
                await peer.request()
                await peer.send(data)

        catalog.script = script
        return await gateway.ask_signed_in(PRODUCTS)

    async def test_fields_come_back_in_order_and_byte_for_byte(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = "Set-Cookie: a=1\r\nx-note: caf\xe9\r\nset-cookie: b=2\r\nSet-Cookie: c=3\r\n"
        catalog.script = repeat(lambda peer: peer.answer(b"\x1f\x8b\x00gz", fields=fields))
        reply = await gateway.ask_signed_in(PRODUCTS)
        passed = [f for f in reply.fields if f[0] in {b"set-cookie", b"x-note"}]
        assert passed == [
            (b"set-cookie", b"a=1"),
            (b"x-note", b"caf\xe9"),
            (b"set-cookie", b"b=2"),
            (b"set-cookie", b"c=3"),
        ]
        assert (reply.body, reply.values(b"content-length")) == (b"\x1f\x8b\x00gz", [b"5"])

    async def test_what_concerns_one_hop_or_names_the_service_ends_here(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = (
            "Connection: x-secret\r\nX-Secret: evil\r\nKeep-Alive: evil\r\nServer: evil\r\n"
            "Upgrade: evil\r\nProxy-Authenticate: evil\r\nX-Request-Id: evil\r\nDate: evil\r\n"
        )
        catalog.script = repeat(lambda peer: peer.answer(fields=fields))
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert reply.status == 200
        assert not [name for name, value in reply.fields if value == b"evil"]
        assert (len(reply.values(b"date")), len(reply.values(b"x-request-id"))) == (1, 1)

    @pytest.mark.parametrize(
        ("status", "fields"),
        [("204 No Content", ""), ("304 Not Modified", 'content-length: 9\r\netag: W/"1"\r\n')],
    )
    async def test_an_answer_without_a_body(
        self, gateway: RunningGateway, catalog: RawService, status: str, fields: str
    ) -> None:
        head = f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()
        catalog.script = repeat(lambda peer: peer.send(head))
        async with connected(gateway.port) as client:
            for _ in range(2):  # the connection stays in step
                reply = await client.ask(signed_in(PRODUCTS))
                assert (reply.status, reply.body) == (int(status[:3]), b"")
        assert catalog.accepted == 1

    async def test_interim_answers_are_not_passed_on(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        catalog.script = repeat(lambda peer: peer.send(hints + OK + b"content-length: 2\r\n\r\nok"))
        reply = await gateway.ask_signed_in(PRODUCTS)
        assert (reply.status, reply.body, reply.values(b"link")) == (200, b"ok", [])

    async def test_the_first_piece_does_not_wait_for_the_second(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        more = asyncio.Event()

        async def trickle(peer: Peer) -> None:
            await peer.request()
            await peer.send(OK + b"transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await more.wait()
            await peer.send(b"6\r\nsecond\r\n0\r\n\r\n")
            await peer.request()

        catalog.script = trickle
        async with connected(gateway.port) as client:
            await client.send(signed_in(PRODUCTS))
            async with asyncio.timeout(0.5):
                await client.reader.readuntil(b"first")
            more.set()
            async with asyncio.timeout(0.5):
                await client.reader.readuntil(b"0\r\n\r\n")
        assert gateway.app.proxy.upstreams[Service.CATALOG].idle == 1

    async def test_the_head_does_not_wait_for_the_body(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        async def pause(peer: Peer) -> None:
            await peer.request()
            await peer.send(OK + b"content-length: 5\r\n\r\n")
            await peer.reader.read()

        catalog.script = pause
        async with connected(gateway.port) as client:
            await client.send(signed_in(PRODUCTS))
            async with asyncio.timeout(0.5):
                await client.reader.readuntil(b"\r\n\r\n")


OK = b"HTTP/1.1 200 OK\r\n"


def repeat(act: Callable[[Peer], Awaitable[None]]) -> Callable[[Peer], Awaitable[None]]:
    """Return a script that answers each request by `act`."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await act(peer)

    return script


class TestBodies:
    async def test_a_body_at_the_limit_goes_through(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        body = bytes(range(256)) * (BODY_LIMIT // 256)
        assert (await gateway.ask(LOGIN, body=body)).status == 200
        assert auth.seen[-1].body == body

    async def test_a_chunked_body_at_the_limit_goes_through_chunked(
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
        assert auth.seen[-1].values(b"transfer-encoding") == [b"chunked"]

    async def test_a_declared_length_over_the_limit_is_refused_at_once(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        before = auth.accepted
        async with connected(gateway.port) as client:
            reply = await client.ask(request(LOGIN, f"content-length: {BODY_LIMIT + 1}"))
        assert (reply.status, reply.json()["error"]) == (413, "payload_too_large")
        assert auth.accepted == before

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
        await until(lambda: gateway.app.proxy.upstreams[Service.AUTH].busy == 0)

    @pytest.mark.parametrize("size", [0, 100_000])
    async def test_a_client_that_stops_sending_is_told_so_and_costs_no_connection(
        self, gateway: RunningGateway, auth: RawService, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        monkeypatch.setattr("gateway.request_body.RequestBody.next", impatient())
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "content-length: 200000") + b"x" * size)
            reply = await client.reply()
        assert (reply.status, reply.json()["error"]) == (408, "request_timeout")
        await until(lambda: gateway.app.proxy.upstreams[Service.AUTH].busy == 0)

    async def test_an_early_answer_is_delivered_during_the_upload(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.head()
            await peer.answer(b"no", status="403 Forbidden")
            peer.close()

        auth.script = refuse
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "content-length: 1000000") + b"x" * 500_000)
            reply = await client.reply()
        assert (reply.status, reply.body) == (403, b"no")
        await until(lambda: gateway.app.proxy.upstreams[Service.AUTH].busy == 0)

    async def test_an_upload_may_pause_longer_than_the_service_may(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "content-length: 100002") + b"x" * 100_000)
            await asyncio.sleep(1.5)  # the limits for services are one second
            assert (await client.ask(b"hi")).status == 200
        assert auth.seen[-1].body[-4:] == b"xxhi"

    async def test_a_client_that_leaves_during_its_upload_ends_it(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        upstream = gateway.app.proxy.upstreams[Service.AUTH]
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "content-length: 200000") + b"x" * 100_000)
            await until(lambda: upstream.busy == 1)
        await until(lambda: upstream.busy == 0)
        assert not [seen for seen in auth.seen if b"login" in seen.line]

    async def test_an_upload_that_is_cut_after_the_answer_began_cuts_the_answer(
        self, gateway: RunningGateway, auth: RawService
    ) -> None:
        async def answer_slowly(peer: Peer) -> None:
            await peer.head()
            await peer.send(OK + b"content-length: 9\r\n\r\npart")
            await peer.reader.read()

        auth.script = answer_slowly
        async with connected(gateway.port) as client:
            await client.send(request(LOGIN, "transfer-encoding: chunked"))
            for _ in range(BODY_LIMIT // 65536 + 1):
                await client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            reply = await client.reply()
        assert (reply.status, reply.body, reply.clean) == (200, b"part", False)


def impatient() -> Callable[..., Awaitable[bytes]]:
    """Return `RequestBody.next` with a short limit."""
    from gateway.request_body import RequestBody

    original = RequestBody.next

    async def next_soon(self: RequestBody) -> bytes:
        self._timeout = 0.1
        return await original(self)

    return next_soon
