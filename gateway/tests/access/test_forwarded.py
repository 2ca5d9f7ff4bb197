"""For whom a request is made, as far as proxies that are trusted say it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import pytest

from gateway.access.forwarded import LOOK_EVERY, WARN_EVERY, ProxyWatch
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from testing.clock import movable_clock
from testing.gateway.raw_client import PRODUCTS
from testing.gateway.raw_service import RawService


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
        (["x-forwarded-for: 203.0.113.7, ,\t, 10.1.2.3,"], b"203.0.113.7", b"http"),
        (["x-forwarded-for: 203.0.113.7", "x-forwarded-for: "], b"203.0.113.7", b"http"),
        (["x-forwarded-proto: https \t"], b"127.0.0.1", b"https"),
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
    trusting: RunningGateway, catalog: RawService,
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
    settings: GatewaySettings, auth: RawService, catalog: RawService,
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


class TestProxyWatch:
    FORWARDED = ((b"x-forwarded-for", b"203.0.113.7"),)

    def warnings(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [record.__dict__["client"] for record in caplog.records]

    def test_a_proxy_that_is_not_trusted_is_warned_of_and_rarely_again(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with movable_clock() as clock:
            watch = ProxyWatch()
            for _ in range(5):
                watch.look("192.0.2.1", [*self.FORWARDED])
            assert self.warnings(caplog) == ["192.0.2.1"]

            clock.advance(timedelta(seconds=WARN_EVERY))
            watch.look("192.0.2.2", [*self.FORWARDED])
            assert self.warnings(caplog) == ["192.0.2.1", "192.0.2.2"]

    def test_who_is_nobodys_proxy_is_not_warned_of(self, caplog: pytest.LogCaptureFixture) -> None:
        with movable_clock() as clock:
            watch = ProxyWatch()
            watch.look("192.0.2.1", [(b"host", b"x")])
            watch.look("192.0.2.1", [*self.FORWARDED])  # it looks now and then
            assert self.warnings(caplog) == []

            clock.advance(timedelta(seconds=LOOK_EVERY))
            watch.look("192.0.2.1", [*self.FORWARDED])
            assert self.warnings(caplog) == ["192.0.2.1"]


async def test_the_gateway_warns_of_a_proxy_it_does_not_trust(
    settings: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    changes = {"log_client_address": "network"}
    async with running(settings.model_copy(update=changes)) as gateway:
        await gateway.ask(PRODUCTS, "x-forwarded-for: 203.0.113.7")

    (record,) = [record for record in caplog.records if "TRUSTED_PROXIES" in record.message]
    assert (record.levelname, record.__dict__["client"]) == ("WARNING", "127.0.0.0/24")
