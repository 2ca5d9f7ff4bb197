"""One trace of a request, from the gateway to the SQL, as a collector of OpenTelemetry gets it."""

import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.collector import Collector
from testing.people import PASSWORD, Person, Shop
from tests.traces import CALLER, chain, parent

PRODUCTS = "/api/v1/products"
LOGIN, REGISTER = "/api/v1/auth/login", "/api/v1/auth/register"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the system of these tests sends its spans."""
    with Collector.running() as collector:
        yield collector


@pytest.fixture(scope="module")
def traced(
    collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BackgroundSystem]:
    """A system that sends its spans."""
    folder = tmp_path_factory.mktemp("traced")
    with BackgroundSystem(folder, environment=collector.environment) as system:
        yield system


@pytest.fixture
async def shop(traced: BackgroundSystem) -> AsyncIterator[Shop]:
    """The shop, as somebody sees it who has just opened it."""
    async with httpx2.AsyncClient(base_url=traced.url, timeout=20) as client:
        yield Shop(client)


async def test_a_product_is_one_trace_from_the_gateway_to_the_sql(
    shop: Shop, collector: Collector
) -> None:
    trace_id, token = secrets.token_hex(16), await shop.newcomer_token()
    product = (await shop.get(PRODUCTS, token, size=1)).json()["items"][0]["id"]
    fields = {**parent(trace_id), "Authorization": f"Bearer {token}"}
    found = await shop.client.get(f"{PRODUCTS}/{product}", headers=fields)
    assert found.status_code == 200
    spans = collector.trace(trace_id, gateway=2, catalog_service=2)
    entered, asked, served, sql = chain(spans, "catalog_service", 1)
    assert entered.parent_id == CALLER
    routes = {entered: "{id}", asked: "{id}", served: "{product_id:product}"}
    for span, last in routes.items():
        route = f"{PRODUCTS}/{last}"
        assert span.name == f"GET {route}"
        assert span.attributes["http.route"] == route
        assert span.attributes["http.response.status_code"] == 200
        assert not span.failed
    assert asked.attributes["peer.service"] == "catalog"
    assert sql[0].name == "SELECT product"
    assert sql[0].attributes["db.system.name"] == "postgresql"
    assert "WHERE" in sql[0].attributes["db.query.text"]


async def test_a_sign_in_is_one_trace_too(shop: Shop, collector: Collector) -> None:
    anna, trace_id = Person(), secrets.token_hex(16)
    await shop.register(anna)
    body = {"login": anna.email, "password": PASSWORD}
    signed_in = await shop.client.post(LOGIN, json=body, headers=parent(trace_id))
    assert signed_in.status_code == 200
    entered, asked, served, sql = chain(
        collector.trace(trace_id, gateway=2, auth_service=8), "auth_service", 7
    )
    assert {span.name for span in (entered, asked, served)} == {f"POST {LOGIN}"}
    assert {"SELECT users", "INSERT sessions"} <= {span.name for span in sql}
    for inner, outer in ((asked, entered), *((statement, served) for statement in sql)):
        assert inner.seconds[0] >= outer.seconds[0]


async def test_nothing_that_people_say_is_in_any_attribute(
    shop: Shop, collector: Collector
) -> None:
    anna, trace_id = Person(), secrets.token_hex(16)
    await shop.register(anna)
    body = {"login": anna.email, "password": PASSWORD}
    await shop.client.post(LOGIN, json={**body, "password": "Wrong$1-kopeck"})
    pair = (await shop.client.post(LOGIN, json=body)).json()
    fields = {**parent(trace_id), "Authorization": f"Bearer {pair['access_token']}"}
    me = await shop.client.get("/api/v1/users/me", headers=fields)
    sought = {"q": "saffronword", "price_min": "4711", "page": "777"}
    await shop.client.get(PRODUCTS, params=sought, headers=fields)
    await shop.client.get("/nowhere/saffronword", headers=fields)
    await shop.client.request("PURGE", "/nowhere", headers=fields)
    least = {"gateway": 7, "auth_service": 2, "catalog_service": 2, "web_service": 1}
    spans = collector.trace(trace_id, **least)
    assert {span.name for span in spans if span.kind == "server"} == {
        "GET /api/v1/users/me",
        f"GET {PRODUCTS}",
        "GET /{page}",
        "GET",  # of the web service, which has no such page
        "_OTHER",
    }
    told = json.dumps([[span.name, dict(span.attributes)] for span in collector.spans]).lower()
    said = [anna.email, anna.phone, anna.full_name, PASSWORD, "kopeck", me.json()["id"]]
    said += [*pair.values(), *sought.values()]
    for value in (str(value) for value in said if not isinstance(value, int)):
        assert value.lower() not in told.replace("bearer", ""), value


async def test_the_value_that_a_statement_failed_on_is_not_recorded(
    shop: Shop, collector: Collector
) -> None:
    anna, trace_id = Person(), secrets.token_hex(16)
    await shop.register(anna)
    again = {**Person(email=anna.email).registration}
    refused = await shop.client.post(REGISTER, json=again, headers=parent(trace_id))
    assert refused.status_code == 409
    spans = collector.trace(trace_id, gateway=2, auth_service=2)
    (failed,) = (span for span in spans if span.failed)
    assert failed.name == "INSERT users"
    assert failed.attributes["db.response.status_code"] == "23505"
    assert failed.attributes["error.type"] == "UniqueViolationError"
    assert anna.email not in str([dict(span.attributes) for span in spans])


async def test_what_the_caller_does_not_sample_nobody_records(
    shop: Shop, collector: Collector
) -> None:
    token, quiet, loud = await shop.newcomer_token(), secrets.token_hex(16), secrets.token_hex(16)
    for trace_id, sampled in ((quiet, False), (loud, True)):
        fields = {**parent(trace_id, sampled=sampled), "Authorization": f"Bearer {token}"}
        await shop.client.get("/api/v1/users/me", headers=fields)
    collector.trace(loud, gateway=2, auth_service=2)
    assert not [span for span in collector.spans if span.trace_id == quiet]


async def test_what_nobody_asked_for_is_not_recorded(shop: Shop, collector: Collector) -> None:
    await shop.client.get("/health/ready")
    trace_id, token = secrets.token_hex(16), await shop.newcomer_token()
    fields = {**parent(trace_id), "Authorization": f"Bearer {token}"}
    await shop.client.get("/api/v1/users/me", headers=fields)
    collector.trace(trace_id, gateway=2, auth_service=2)
    routes = {span.attributes.get("http.route") for span in collector.spans}
    assert not {"/health/ready", "/health/live", "/internal/revocations"} & routes


@pytest.mark.parametrize("package", ["gateway.main", "auth_service.main", "catalog_service.main"])
@pytest.mark.parametrize("wanted", [False, True], ids=["unset", "set"])
def test_the_sdk_is_imported_only_where_spans_are_wanted(
    traced: BackgroundSystem, package: str, *, wanted: bool
) -> None:
    program = f"import sys; from {package} import create_app; create_app(); "
    program += "print(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    name = package.partition(".")[0].removesuffix("_service")
    (chosen,) = (program for program in services(traced.settings) if program.name == name)
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"} if wanted else {}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**chosen.environment, **endpoint},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{wanted}\n"
