"""Lines of the log that tell of refusals: whose request it was, and where from."""

import logging
from collections.abc import Iterator

import pytest

from gateway.access import limits
from gateway.access.logged_address import LoggedAddress, showing
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from shared.telemetry.observability import RequestIdFilter
from testing.clock import MovableClock
from testing.gateway.raw_client import PRODUCTS, connected, request, signed_in
from testing.gateway.raw_service import Peer, RawService
from testing.tokens import access_token, signing_key

FORGED = f"authorization: Bearer {access_token(signing_key(), header={'alg': 'none'})}"
HERE = "127.0.0.1"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The lines with the ids that they are written under."""
    seeing = RequestIdFilter()
    caplog.handler.addFilter(seeing)
    with caplog.at_level(logging.INFO):
        yield caplog
    caplog.handler.removeFilter(seeing)


def logged(lines: pytest.LogCaptureFixture, message: str) -> list[dict[str, object]]:
    """Return the fields of the lines with this message."""
    return [record.__dict__ for record in lines.records if record.getMessage() == message]


class TestWhose:
    async def test_what_is_no_request_has_no_id_of_the_one_before(
        self, gateway: RunningGateway, lines: pytest.LogCaptureFixture
    ) -> None:
        async with connected(gateway.port) as client:
            await client.ask(signed_in(PRODUCTS, "x-request-id: the-one-before"))
            assert (await client.ask(b"GARBAGE\r\n\r\n")).status == 400
        (line,) = logged(lines, "invalid request")
        assert (line["request_id"], line["trace_id"]) == (None, None)

    async def test_a_later_request_has_its_own_again(
        self, gateway: RunningGateway, lines: pytest.LogCaptureFixture
    ) -> None:
        async with connected(gateway.port) as client:
            for name in ("first", "second"):
                await client.ask(request(PRODUCTS, FORGED, f"x-request-id: {name}"))
        assert [line["request_id"] for line in logged(lines, "unauthorized")] == ["first", "second"]

    async def test_what_fails_on_a_services_connection_has_the_id_of_who_asked(
        self,
        gateway: RunningGateway,
        catalog: RawService,
        lines: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def answer(peer: Peer) -> None:
            while True:
                await peer.request()
                await peer.answer()

        catalog.script = answer
        await gateway.ask_signed_in(PRODUCTS, "x-request-id: who-opened-it")

        def fail(*_: object) -> None:
            raise RuntimeError("unforeseen")

        monkeypatch.setattr("gateway.fast_path.fields_for_client", fail)
        await gateway.ask_signed_in(PRODUCTS, "x-request-id: who-asked")
        (line,) = logged(lines, "unexpected error")
        assert line["request_id"] == "who-asked"


class TestWhereFrom:
    async def test_forged_tokens_and_invalid_requests_are_logged_with_the_address(
        self, gateway: RunningGateway, lines: pytest.LogCaptureFixture
    ) -> None:
        await gateway.ask(PRODUCTS, FORGED)
        async with connected(gateway.port) as client:
            await client.ask(b"GARBAGE\r\n\r\n")
        assert [line["client"] for line in logged(lines, "unauthorized")] == [HERE]
        assert [line["client"] for line in logged(lines, "invalid request")] == [HERE]

    @pytest.mark.parametrize(("how", "shown"), [("network", "127.0.0.0/24"), ("none", None)])
    async def test_a_setting_shortens_it(
        self,
        settings: GatewaySettings,
        auth: RawService,
        lines: pytest.LogCaptureFixture,
        how: LoggedAddress,
        shown: str | None,
    ) -> None:
        changed = settings.model_copy(update={"log_client_address": how, "address_limit": 2})
        async with running(changed) as gateway:
            await until_ready(gateway)
            for _ in range(3):
                await gateway.ask(PRODUCTS, FORGED)
            async with connected(gateway.port) as client:
                await client.ask(b"GARBAGE\r\n\r\n")
        for message in ("unauthorized", "invalid request", "rate limit reached"):
            seen = logged(lines, message)
            assert seen
            assert {line.get("client") for line in seen} == {shown}

    async def test_a_limit_is_logged_once_a_minute_for_each_client(
        self,
        settings: GatewaySettings,
        auth: RawService,
        lines: pytest.LogCaptureFixture,
        clock: MovableClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(limits, "NOTED", 1)
        changed = settings.model_copy(update={"address_limit": 1, "sign_in_limit": 1})
        async with running(changed) as gateway:
            await until_ready(gateway)
            for _ in range(5):
                await gateway.ask(PRODUCTS)
            (line,) = logged(lines, "rate limit reached")
            assert (line["policy"], line["client"]) == ("address", HERE)
            for _ in range(3):
                await gateway.ask("POST /api/v1/auth/login", body=b"{}")
            policies = [line["policy"] for line in logged(lines, "rate limit reached")]
            assert policies == ["address", "sign-in"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_what_many_share(address: str, network: str) -> None:
    assert showing("network")(address) == {"client": network}
    assert showing("full")(address) == {"client": address}
    assert showing("none")(address) == {}
