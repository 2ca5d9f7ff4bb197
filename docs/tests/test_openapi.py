"""What the OpenAPI documents say is enough to generate right clients from."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.route import Access
from gateway.route_table import ROUTES
from shared.http.openapi import Document, operations, schemas
from shared.values.schemas import MAX_SAFE_INTEGER
from standalone import registry
from standalone.settings import ROOT

DOCUMENTS = ROOT / "docs/openapi"
NAMES = (*(service.name for service in registry.documented()), "gateway")
OPEN = {route.path for route in ROUTES if route.access is Access.OPEN}

LONG = {"id", "product_id", "price", "price_when_added", "line_total", "total", "expected_total"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@pytest.fixture(params=NAMES)
def document(request: pytest.FixtureRequest) -> Document:
    """Each of the committed documents."""
    read: Document = json.loads((DOCUMENTS / f"{request.param}.json").read_text())
    return read


def named_schemas(document: Document) -> Iterator[tuple[str, Document]]:
    """Return each property and parameter with its schema; one that may be null without that."""
    for schema in schemas(document):
        named = list(schema.get("properties", {}).items())
        if "in" in schema and "schema" in schema:
            named.append((schema["name"], schema["schema"]))
        for name, described in named:
            for option in described.get("anyOf", [described]):
                yield name, option | {"examples": described.get("examples", [])}


def integers(document: Document) -> list[Document]:
    return [schema for schema in schemas(document) if schema.get("type") == "integer"]


def test_every_integer_says_how_long_it_is(document: Document) -> None:
    found = integers(document)

    assert found
    assert {schema.get("format") for schema in found} <= {"int32", "int64"}


def test_prices_totals_and_ids_are_long(document: Document) -> None:
    formats = {
        (name, schema["format"])
        for name, schema in named_schemas(document)
        if name in LONG and schema.get("type") == "integer"
    }

    assert formats or not any(path.startswith("/api/") for path in document["paths"])
    assert {form for _, form in formats} <= {"int64"}


def test_no_bound_is_beyond_what_json_and_int64_hold(document: Document) -> None:
    bounds = [
        schema[name]
        for schema in integers(document)
        for name in ("minimum", "maximum")
        if name in schema
    ]

    assert all(isinstance(bound, int) and abs(bound) <= MAX_SAFE_INTEGER for bound in bounds)


def test_every_instant_is_a_date_time(document: Document) -> None:
    for name, schema in named_schemas(document):
        examples = [str(example) for example in schema["examples"]]
        is_instant = name == "at" or name.endswith("_at") or any(map(INSTANT.match, examples))
        if is_instant and schema.get("type") != "null":
            # The second is what the clock of a zone shows, unless an offset makes it an instant.
            assert schema.get("format") in {"date-time", "date-time-local"}, name


def test_operations_have_short_names_of_their_own(document: Document) -> None:
    names = [operation["operationId"] for operation in operations(document)]

    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names), names
    assert all(len(name) <= 25 for name in names), names
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("name", ["payOrder", "listProducts", "signIn", "importProducts"])
def test_clients_call_operations_by_these_names(name: str) -> None:
    merged = json.loads((DOCUMENTS / "gateway.json").read_text())

    assert name in {operation["operationId"] for operation in operations(merged)}


def test_open_operations_say_that_they_are(document: Document) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            expected: list[Any] = [] if path in OPEN else [{"OAuth2": []}]
            assert operation["security"] == expected, path


def test_it_says_where_the_shop_is(document: Document) -> None:
    assert document["servers"] == [{"url": "/"}]


@pytest.mark.parametrize("name", ["catalog", "gateway"])
def test_the_currency_and_the_unit_of_prices_are_said(name: str) -> None:
    document = json.loads((DOCUMENTS / f"{name}.json").read_text())

    told = " ".join(document["info"]["description"].split())
    assert "whole numbers of the smallest unit of one currency, which is RUB here" in told
    for schema in ("ProductRead", "CartRead", "OrderSummary", "OrderRead"):
        described = document["components"]["schemas"][schema]
        assert "currency" in described["required"]
        assert "ISO 4217" in described["properties"]["currency"]["description"]


def test_a_response_has_one_schema(document: Document) -> None:
    """Of several, openapi-generator makes one model that requires the members of all."""
    for operation in operations(document):
        for response in operation["responses"].values():
            for described in response.get("content", {}).values():
                assert "anyOf" not in described.get("schema", {}), operation["operationId"]


def test_no_schema_is_there_for_nothing(document: Document) -> None:
    text = json.dumps(document)

    for name in document["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, name


def test_each_schema_of_the_whole_has_a_title_of_its_own() -> None:
    """Generators name classes by titles: of two with one title a client gets neither."""
    document = json.loads((ROOT / "docs/openapi/gateway.json").read_text())
    titles = Counter(schema.get("title") for schema in document["components"]["schemas"].values())

    assert [title for title, times in titles.items() if title and times > 1] == []
