"""The gateway's spans: one of each request, and one of each that a service was asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import RunningGateway, running, until_ready
from gateway.tests.marked_catalog import PAGE, MarkedCatalog, read
from testing.collector import Collector, ExportedSpan
from testing.gateway.raw_client import PRODUCTS
from testing.gateway.raw_service import Peer, RawService, after_request, repeat, until
from testing.tokens import access_token

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
TRACEPARENT = f"traceparent: 00-{TRACE}-{CALLER}-01"


@pytest.fixture
async def traced(
    collector: Collector,
    settings: GatewaySettings,
    auth: RawService,
    pages: MarkedCatalog,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RunningGateway]:
    """A gateway that keeps responses and sends its spans to `collector`."""
    for name, value in collector.environment.items():
        monkeypatch.setenv(name, value)
    async with running(settings.model_copy(update={"cache_size": 1024 * 1024})) as gateway:
        await until_ready(gateway)
        yield gateway


async def sent_spans(collector: Collector, gateway: int) -> list[ExportedSpan]:
    """Wait beside the gateway, which runs here, for so many spans of the trace."""
    return await asyncio.to_thread(collector.trace, TRACE, gateway=gateway)


async def test_a_service_gets_the_span_that_is_its_parent(
    traced: RunningGateway, catalog: RawService, collector: Collector
) -> None:
    state = "tracestate: a=1,b=2"
    await traced.ask_signed_in("GET /api/v1/products/7", TRACEPARENT, state)
    asked, entered = sorted(await sent_spans(collector, 2), key=lambda span: span.kind)
    (line,) = catalog.seen[0].values(b"traceparent")
    assert line.decode() == f"00-{TRACE}-{asked.span_id}-01"
    assert catalog.seen[0].values(b"tracestate") == [b"a=1,b=2"]
    assert (asked.parent_id, entered.parent_id) == (entered.span_id, CALLER)
    assert asked.attributes["peer.service"] == "catalog"
    assert entered.seconds[0] <= asked.seconds[0] < asked.seconds[1] <= entered.seconds[1]


async def test_a_token_in_a_path_is_in_no_span(
    traced: RunningGateway, collector: Collector
) -> None:
    token = access_token()
    for path in (f"/api/v1/products%3faccess_token={token}", f"/api/v1/products/{token}"):
        await traced.ask_signed_in(f"GET {path}", TRACEPARENT)
    spans = await sent_spans(collector, 3)
    assert len(spans) == 3
    for piece in token.split("."):
        assert piece not in repr(spans)


async def test_of_two_parents_neither_counts(
    traced: RunningGateway, catalog: RawService, collector: Collector
) -> None:
    await traced.ask_signed_in("GET /api/v1/products/7", TRACEPARENT, TRACEPARENT)
    (line,) = catalog.seen[0].values(b"traceparent")
    trace_id = line.decode().split("-")[1]
    spans = await asyncio.to_thread(collector.trace, trace_id, gateway=2)
    assert trace_id != TRACE
    assert sorted(span.parent_id != "" for span in spans) == [False, True]


async def test_what_is_found_in_memory_asks_nobody(
    traced: RunningGateway, collector: Collector
) -> None:
    await read(traced)
    assert (await read(traced, TRACEPARENT)).values(b"age")
    (entered,) = await sent_spans(collector, 1)
    assert (entered.kind, entered.name) == ("server", "GET /api/v1/products")


async def test_of_those_who_want_the_same_one_asks(
    traced: RunningGateway, pages: MarkedCatalog, catalog: RawService, collector: Collector
) -> None:
    pages.gate.clear()
    readers = [asyncio.create_task(read(traced, TRACEPARENT)) for _ in range(5)]
    await until(lambda: len(catalog.seen) == 1)
    fills = traced.app.cached._fills
    await until(lambda: [fill.followers for fill in fills.values()] == [4])
    pages.gate.set()
    await asyncio.gather(*readers)
    assert Counter(span.kind for span in await sent_spans(collector, 6)) == {
        "server": 5,
        "client": 1,
    }


@pytest.mark.parametrize(
    ("script", "status", "reason"),
    [
        (after_request(Peer.close), 502, "closed_before_response"),
        (repeat(lambda peer: peer.answer(status="500 Broken")), 500, "500"),
    ],
    ids=["silent", "broken"],
)
async def test_who_failed_is_seen(
    traced: RunningGateway,
    catalog: RawService,
    collector: Collector,
    script: object,
    status: int,
    reason: str,
) -> None:
    catalog.script = script  # type: ignore[assignment]
    reply = await traced.ask_signed_in(f"GET {PAGE}", TRACEPARENT)
    assert reply.status == status
    asked, entered = sorted(await sent_spans(collector, 2), key=lambda span: span.kind)
    assert (asked.failed, asked.attributes["error.type"]) == (True, reason)
    assert (entered.failed, entered.attributes["error.type"]) == (True, str(status))
    assert entered.attributes["http.response.status_code"] == status


async def test_a_refusal_is_no_failure(traced: RunningGateway, collector: Collector) -> None:
    assert (await traced.ask(PRODUCTS, TRACEPARENT)).status == 401
    (entered,) = await sent_spans(collector, 1)
    assert entered.attributes["http.response.status_code"] == 401
    assert not entered.failed


async def test_fetches_of_revocations_are_not_sampled(
    traced: RunningGateway, auth: RawService
) -> None:
    assert auth.looks
    assert all(b"-00\r\n" in look.partition(b"traceparent: 00-")[2] for look in auth.looks)
