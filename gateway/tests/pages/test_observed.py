"""What operators see of pages: one route for all of them, and their spans."""

from collections.abc import AsyncIterator

import pytest

from gateway.routes.web import PAGE
from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, ready
from gateway.tests.test_observer import requests
from gateway.tests.test_traced import CALLER, TRACE, TRACEPARENT, sent_spans
from testing.collector import Collector
from testing.gateway.raw_service import RawService


@pytest.fixture
async def traced(
    collector: Collector,
    site_settings: GatewaySettings,
    web: RawService,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RunningGateway]:
    """A gateway before a web service that sends its spans to `collector`."""
    for name, value in collector.environment.items():
        monkeypatch.setenv(name, value)
    async with ready(site_settings) as gateway:
        yield gateway


async def test_pages_share_one_label(site: RunningGateway, web: RawService) -> None:
    before = [requests(site, PAGE, status) for status in ("2xx", "4xx")]
    for number in range(5):
        assert (await site.ask(f"GET /nowhere/{number}")).status == 200
    assert (await site.ask("GET /x", "content-length: 1000000")).status == 413
    after = [requests(site, PAGE, status) for status in ("2xx", "4xx")]
    assert after == [before[0] + 5, before[1] + 1]


async def test_a_trace_goes_on_to_the_web_service(
    traced: RunningGateway, web: RawService, collector: Collector
) -> None:
    assert (await traced.ask("GET /products/7/", TRACEPARENT, "cookie: a=1")).status == 200
    asked, entered = sorted(await sent_spans(collector, 2), key=lambda span: span.kind)
    (seen,) = web.seen
    assert seen.values(b"traceparent") == [f"00-{TRACE}-{asked.span_id}-01".encode()]
    assert seen.values(b"cookie") == [b"a=1"]
    assert (asked.parent_id, entered.parent_id) == (entered.span_id, CALLER)
    assert asked.attributes["peer.service"] == "web"
