"""For whom the web service asks: believed with a secret, and otherwise as if it were not said."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from gateway.access.forwarded import WARN_EVERY
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from testing.clock import MovableClock
from testing.gateway.behalf import FIELD, SECRET, SECRET_BEFORE, on_behalf_of
from testing.gateway.raw_client import LOGIN, PRODUCTS, RawClient, connected, request
from testing.gateway.raw_service import RawService
from testing.tokens import access_token


@pytest.fixture(scope="module")
async def _vouched(settings: GatewaySettings, _auth: RawService) -> AsyncIterator[RunningGateway]:
    async with ready(settings, on_behalf_secrets=[SECRET, SECRET_BEFORE]) as gateway:
        yield gateway


@pytest.fixture
def vouched(_vouched: RunningGateway, auth: RawService, catalog: RawService) -> RunningGateway:
    """A gateway that knows the secrets of the web service."""
    return _vouched


def seen_by(service: RawService) -> tuple[list[bytes], ...]:
    """Return what a service got about the caller of its last request."""
    names = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")
    return tuple(service.seen[-1].values(name) for name in names)


class TestBelieved:
    @pytest.mark.parametrize("secret", [SECRET, SECRET_BEFORE])
    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("203.0.113.7", b"203.0.113.7"),
            ("2001:db8::7", b"2001:db8::7"),
            ("2001:DB8:0:0::7", b"2001:db8::7"),
            ("::ffff:203.0.113.7", b"203.0.113.7"),
        ],
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_a_service_sees_the_person(
        self,
        vouched: RunningGateway,
        catalog: RawService,
        secret: str,
        address: str,
        shown: bytes,
        scheme: str,
    ) -> None:
        field = on_behalf_of(address, scheme, secret=secret)
        assert (await vouched.ask_signed_in(PRODUCTS, field)).status == 200
        assert seen_by(catalog) == ([shown], [scheme.encode()], [b"shop.example"])

    async def test_the_browser_is_passed_on_and_the_field_is_not(
        self, vouched: RunningGateway, auth: RawService
    ) -> None:
        browser = "user-agent: Mozilla/5.0 (of the person)"
        reply = await vouched.ask(LOGIN, on_behalf_of("203.0.113.7"), browser, body=b"{}")
        assert reply.status == 200
        (seen,) = auth.seen
        assert seen.values(b"user-agent") == [b"Mozilla/5.0 (of the person)"]
        assert SECRET.encode() not in seen.head
        assert b"behalf" not in seen.head.lower()

    async def test_a_proxy_that_is_trusted_says_less(
        self, vouched: RunningGateway, settings: GatewaySettings, catalog: RawService
    ) -> None:
        changes = {"on_behalf_secrets": [SECRET], "trusted_proxies": ["127.0.0.1/32"]}
        async with ready(settings, **changes) as gateway:
            forwarded = "x-forwarded-for: 198.51.100.1"
            await gateway.ask_signed_in(PRODUCTS, forwarded, on_behalf_of("203.0.113.7"))
            assert seen_by(catalog)[0] == [b"203.0.113.7"]
            await gateway.ask_signed_in(PRODUCTS, forwarded)
            assert seen_by(catalog)[0] == [b"198.51.100.1"]


class TestIgnored:
    @pytest.mark.parametrize(
        "fields",
        [
            [on_behalf_of("203.0.113.7", secret="x" * 43)],
            [on_behalf_of("203.0.113.7", secret=SECRET[:-1])],
            [on_behalf_of("203.0.113.7", secret=f"{SECRET}x")],
            [on_behalf_of("203.0.113.7", secret=SECRET.upper())],
            [on_behalf_of("203.0.113.7", secret="")],
            [f"{FIELD}:"],
            [f"{FIELD}: 203.0.113.7 https"],
            [f"{FIELD}: 203.0.113.7 https {SECRET}"],
            [f"{FIELD}: x\t{SECRET}"],
            [f"{FIELD}: {'x' * 9000} 203.0.113.7 https"],
            [f"{FIELD}: \xff\xfe 203.0.113.7 https"],
            [on_behalf_of("203.0.113.7", secret="x" * 40)] * 3,
            [f"Vitrina_On_Behalf_Of: {SECRET} 203.0.113.7 https"],
            [f"X-Vitrina-On-Behalf-Of: {SECRET} 203.0.113.7 https"],
            [on_behalf_of("203.0.113.7", secret="x" * 40), f"connection: {FIELD}"],
        ],
    )
    async def test_a_plain_client_gains_nothing(
        self, vouched: RunningGateway, catalog: RawService, fields: Sequence[str]
    ) -> None:
        assert (await vouched.ask_signed_in(PRODUCTS, *fields)).status == 200
        assert seen_by(catalog) == ([b"127.0.0.1"], [b"http"], [b"shop.example"])
        assert b"\r\nvitrina" not in catalog.seen[-1].head.lower()

    async def test_without_secrets_nobody_is_believed(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        for secret in (SECRET, "", "x"):
            await gateway.ask_signed_in(PRODUCTS, on_behalf_of("203.0.113.7", secret=secret))
            assert seen_by(catalog)[0] == [b"127.0.0.1"]

    async def test_a_folded_one_is_no_request_or_no_secret(
        self, vouched: RunningGateway, catalog: RawService
    ) -> None:
        for folded in (
            f"{FIELD}:\r\n {SECRET} 203.0.113.7 https",
            f"{FIELD}: {SECRET}\r\n 203.0.113.7 https",
            f"{FIELD}: {'x' * 40}\r\n\t203.0.113.7 https",
        ):
            assert (await vouched.ask_signed_in(PRODUCTS, folded)).status == 400
        assert catalog.seen == []

    async def test_the_operator_is_warned_and_rarely_again(
        self,
        vouched: RunningGateway,
        clock: MovableClock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A gateway and a web service with different secrets would else not be noticed."""
        clock.advance(timedelta(seconds=WARN_EVERY))
        with caplog.at_level(logging.WARNING, "gateway.access.on_behalf_of"):
            for _ in range(5):
                await vouched.ask(PRODUCTS, on_behalf_of("203.0.113.7", secret="x" * 40))
            assert len(caplog.records) == 1
            assert caplog.records[0].__dict__["client"] == "127.0.0.1"
            assert "x" * 40 not in caplog.text
            clock.advance(timedelta(seconds=WARN_EVERY))
            await vouched.ask(PRODUCTS, on_behalf_of("203.0.113.7", secret="x" * 40))
            assert len(caplog.records) == 2


class TestMalformedWithTheSecret:
    @pytest.mark.parametrize(
        "fields",
        [
            [f"{FIELD}: {SECRET}"],
            [f"{FIELD}: {SECRET} 203.0.113.7"],
            [f"{FIELD}: {SECRET} https"],
            [f"{FIELD}: {SECRET}  203.0.113.7 https"],
            [on_behalf_of("203.0.113.7", "https more")],
            [on_behalf_of("203.0.113.7", "ftp")],
            [on_behalf_of("203.0.113.7", "HTTPS")],
            [on_behalf_of("203.0.113.7:80")],
            [on_behalf_of("203.0.113.0/24")],
            [on_behalf_of("203.0.113.007")],
            [on_behalf_of("fe80::1%eth0")],
            [on_behalf_of("[2001:db8::7]")],
            [on_behalf_of("unknown")],
            [on_behalf_of("\xb2.0.0.1")],
            [on_behalf_of("203.0.113.7, 203.0.113.8")],
            [on_behalf_of("203.0.113.7"), on_behalf_of("203.0.113.8")],
            [on_behalf_of("203.0.113.8", secret="x" * 40), on_behalf_of("203.0.113.7")],
        ],
    )
    async def test_it_is_a_400(
        self, vouched: RunningGateway, catalog: RawService, fields: Sequence[str]
    ) -> None:
        reply = await vouched.ask_signed_in(PRODUCTS, *fields)
        assert (reply.status, reply.json()["error"]) == (400, "bad_request")
        assert catalog.seen == []


async def test_one_connection_may_ask_for_many(
    vouched: RunningGateway, catalog: RawService
) -> None:
    async def ask(client: RawClient, number: int) -> None:
        token = f"authorization: Bearer {access_token()}"
        fields = (token, on_behalf_of(f"203.0.113.{number}")) if number % 2 else (token,)
        assert (await client.ask(request(f"{PRODUCTS}?n={number}", *fields))).status == 200

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(vouched.port)) for _ in range(2)]
        for number in range(0, 20, 2):
            await asyncio.gather(ask(clients[0], number), ask(clients[1], number + 1))
            await ask(clients[0], number + 1)
    for seen in catalog.seen:
        number = int(seen.line.split(b"n=")[1].split()[0])
        address = b"203.0.113.%d" % number if number % 2 else b"127.0.0.1"
        assert seen.values(b"x-forwarded-for") == [address]
