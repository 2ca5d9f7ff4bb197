"""What is logged of requests: where they went, how long it took, and nothing of their content."""

import asyncio
import json
from typing import Any

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.marked_catalog import MarkedCatalog
from shared.telemetry.access_log import hashed
from shared.telemetry.metrics import UNMATCHED
from testing.gateway.raw_client import LOGIN, PRODUCTS
from testing.gateway.raw_service import RawService, keep_silent
from testing.tokens import access_claims, access_token, numbered

pytestmark = pytest.mark.timing

PERSON = numbered(7)

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def value(gateway: RunningGateway, name: str, **labels: str) -> float:
    return gateway.app.observer.metrics.registry.get_sample_value(name, labels) or 0


def requests(gateway: RunningGateway, route: str, status: str, method: str = "GET") -> float:
    labels = {"route": route, "method": method, "status": status}
    return value(gateway, "vitrina_request_seconds_count", **labels)


class TestAccessLog:
    async def test_canaries_in_a_request_are_in_no_line(
        self,
        settings: GatewaySettings,
        auth: RawService,
        catalog: RawService,
        capfd: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        token = access_token(sub=PERSON)
        bearer = f"authorization: Bearer {token}"
        changed = settings.model_copy(update={"access_log": True})
        async with running(changed) as gateway:
            await until_ready(gateway)
            await gateway.ask(f"{PRODUCTS}?q=canary-query", bearer, "cookie: canary-cookie")
            await gateway.ask("GET /api/v1/products/canary-path", bearer)
            await gateway.ask("GET /canary-unknown?token=canary-token", bearer)
            await gateway.ask(LOGIN, "user-agent: canary-agent", body=b'{"login": "canary-body"}')
            await gateway.ask(PRODUCTS, "authorization: Bearer canary.bad.token")
        output = capfd.readouterr().err
        lines = [json.loads(line) for line in output.splitlines() if '"access"' in line]
        assert len(lines) == 5
        assert "canary" not in output
        assert PERSON not in output
        assert token.rpartition(".")[2] not in output + caplog.text
        assert "127.0.0.1" not in "".join(line for line in output.splitlines() if "access" in line)

    async def test_a_line_says_route_status_times_and_whose_request_it_was(
        self,
        settings: GatewaySettings,
        auth: RawService,
        catalog: RawService,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        claims = access_claims()
        changed = settings.model_copy(update={"access_log": True})
        async with running(changed) as gateway:
            await until_ready(gateway)
            bearer = f"authorization: Bearer {access_token(sub=claims['sub'])}"
            fields = (bearer, "x-request-id: mine", f"traceparent: {TRACEPARENT}")
            await gateway.ask("GET /api/v1/products/7", *fields)
        line: dict[str, Any] = next(
            json.loads(line) for line in capfd.readouterr().err.splitlines() if "mine" in line
        )
        assert (line["route"], line["status"]) == ("/api/v1/products/{id}", 200)
        assert (line["request_id"], line["trace_id"]) == ("mine", TRACE)
        assert line["subject"] == hashed(claims["sub"])
        assert 0 < line["upstream_seconds"] <= line["seconds"]

    async def test_a_line_has_the_time_of_the_service_only_if_there_was_a_request_to_it(
        self,
        settings: GatewaySettings,
        auth: RawService,
        catalog: RawService,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        catalog.script = MarkedCatalog()
        changed = settings.model_copy(update={"access_log": True, "cache_size": 1024 * 1024})
        async with running(changed) as gateway:
            await until_ready(gateway)
            for name in ("asked", "kept"):
                await gateway.ask_signed_in(PRODUCTS, f"x-request-id: {name}")
        output = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        lines = {line["request_id"]: line for line in output if line.get("request_id")}
        assert 0 < lines["asked"]["upstream_seconds"] <= lines["asked"]["seconds"]
        assert "upstream_seconds" not in lines["kept"]

    async def test_it_can_be_left_out(
        self, gateway: RunningGateway, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await gateway.ask_signed_in(PRODUCTS)
        await asyncio.sleep(0.15)
        assert "access" not in capfd.readouterr().err


class TestMetrics:
    async def test_a_refusal_is_counted_with_its_cause(self, gateway: RunningGateway) -> None:
        before = value(gateway, "vitrina_unauthorized_total", reason="missing")
        await gateway.ask(PRODUCTS)
        assert value(gateway, "vitrina_unauthorized_total", reason="missing") == before + 1

    async def test_paths_that_are_nowhere_share_one_label(self, gateway: RunningGateway) -> None:
        before = requests(gateway, UNMATCHED, "4xx")
        for number in range(5):
            await gateway.ask_signed_in(f"GET /nowhere/{number}")
        assert requests(gateway, UNMATCHED, "4xx") == before + 5

    async def test_a_route_is_counted_by_its_template(self, gateway: RunningGateway) -> None:
        before = requests(gateway, "/api/v1/products/{id}", "2xx")
        for number in range(3):
            await gateway.ask_signed_in(f"GET /api/v1/products/{number}")
        assert requests(gateway, "/api/v1/products/{id}", "2xx") == before + 3

    async def test_an_upstreams_fault_is_counted_on_its_route(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        before = requests(gateway, "/api/v1/products", "5xx")
        catalog.script = keep_silent
        await gateway.ask_signed_in(PRODUCTS)
        assert requests(gateway, "/api/v1/products", "5xx") == before + 1

    async def test_the_token_cache_counts_hits_and_misses(self, gateway: RunningGateway) -> None:
        bearer = f"authorization: Bearer {access_token()}"
        name = "vitrina_token_cache_total"
        hits, misses = (value(gateway, name, outcome=word) for word in ("hit", "miss"))
        for _ in range(3):
            await gateway.ask(PRODUCTS, bearer)
        assert value(gateway, name, outcome="hit") == hits + 2
        assert value(gateway, name, outcome="miss") == misses + 1

    async def test_news_of_revocations_are_young(self, gateway: RunningGateway) -> None:
        assert value(gateway, "vitrina_revocations_age_seconds") < 2


class TestTrace:
    async def test_a_trace_goes_on_to_the_service(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        fields = (f"traceparent: {TRACEPARENT}", "tracestate: vendor=1")
        await gateway.ask_signed_in(PRODUCTS, *fields)
        (seen,) = catalog.seen
        (parent,) = seen.values(b"traceparent")
        assert parent.startswith(f"00-{TRACE}-".encode())
        assert parent != TRACEPARENT.encode()
        assert seen.values(b"tracestate") == [b"vendor=1"]

    async def test_a_trace_that_is_none_is_replaced(
        self, gateway: RunningGateway, catalog: RawService
    ) -> None:
        await gateway.ask_signed_in(PRODUCTS, "traceparent: 00-bad", "tracestate: vendor=1")
        (seen,) = catalog.seen
        assert len(seen.values(b"traceparent")[0]) == 55
        assert seen.values(b"tracestate") == []
