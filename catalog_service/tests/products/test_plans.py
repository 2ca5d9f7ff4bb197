"""How PostgreSQL goes about it: no list reads the whole table, and none sorts much of it."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from tortoise.connection import get_connection

from catalog_service.orm import APP, MODELS, SESSION
from catalog_service.products.listing.cursors import Position
from catalog_service.products.listing.query import Listing
from catalog_service.products.listing.views import Sort, View
from catalog_service.products.reading import service
from shared.database.connection import connected_here, tortoise_config
from shared.database.counting import MAX_COUNTED
from testing.catalog_filling import COMMON, RARE, fill
from testing.database import ServiceDatabase, migrated_database

SMALL, LARGE = 20_000, 1_000_000
MAX_SORTED = 10_000
MIDDLE = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=30 * SMALL // 2)
AFTER = {
    "searchable": Position("лампа", 5),
    "price": Position(5_000_000, 5),
    "created_at": Position(MIDDLE, 5),
}

Plan = dict[str, Any]


@pytest.fixture(
    scope="module",
    params=[SMALL, pytest.param(LARGE, marks=pytest.mark.soak)],
    ids=lambda count: f"{count:,} products",
)
async def filled(
    request: pytest.FixtureRequest, postgres_url: str
) -> AsyncIterator[ServiceDatabase]:
    async with migrated_database(postgres_url, app=APP) as database:
        await fill(database.owner_url, request.param)
        yield database


async def plans_of(
    database: ServiceDatabase, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> list[Plan]:
    """Show `listing`, and return the plan of each statement that it took."""
    config = tortoise_config(
        SecretStr(database.runtime_url), app=APP, models=MODELS, server_settings=SESSION
    )
    statements: list[tuple[str, list[Any]]] = []
    async with connected_here(config):
        client: Any = get_connection("default")
        run = type(client).execute_query

        async def note(self: Any, query: str, values: list[Any] | None = None) -> Any:
            statements.append((query, values or []))
            return await run(self, query, values)

        with monkeypatch.context() as patched:
            patched.setattr(type(client), "execute_query", note)
            await service.list_products(listing)
        explained = [
            await client.execute_query(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values)
            for text, values in statements
        ]
    return [json.loads(rows[0]["QUERY PLAN"])[0]["Plan"] for _, rows in explained]


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def assert_bounded(plans: list[Plan]) -> None:
    for node in (node for plan in plans for node in nodes(plan)):
        if node["Actual Loops"] == 0:
            continue
        assert node["Node Type"] != "Seq Scan" or node["Relation Name"] != "product", node
        if "Sort" in node["Node Type"]:
            assert sum(part["Actual Rows"] for part in node["Plans"]) <= MAX_SORTED, node


def rows_read(plans: list[Plan]) -> int:
    """Return how many rows of the table itself were looked at."""
    read = 0
    for node in (node for plan in plans for node in nodes(plan)):
        kind = node["Node Type"]
        if kind in {"Index Scan", "Bitmap Heap Scan"} and node["Relation Name"] == "product":
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read += round(node["Actual Loops"] * rows)
    return read


@pytest.mark.parametrize("inactive", [False, True], ids=["for sale", "all"])
@pytest.mark.parametrize("sort", Sort)
async def test_an_order_is_an_index(
    filled: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, sort: Sort, inactive: bool
) -> None:
    view = View(sort=sort, include_inactive=inactive)
    for listing in (
        Listing(view, 100),
        Listing(view, 100, page=50),
        Listing(view, 100, after=AFTER[sort.column]),
    ):
        plans = await plans_of(filled, listing, monkeypatch)
        assert_bounded(plans)
        assert not [
            node
            for plan in plans
            for node in nodes(plan)
            if node["Node Type"] == "Sort" and node["Actual Rows"] > 101
        ]
        assert len(plans) == (2 if inactive else 1)
        if listing.offset == 0:
            assert rows_read(plans) <= 101


async def test_a_far_page_is_skipped_to_in_the_index_alone(
    filled: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in (800, 10**9):
        plans = await plans_of(filled, Listing(View(), 20, page=page), monkeypatch)

        assert_bounded(plans[:1])
        assert rows_read(plans) <= 21
        skipped = [n for n in nodes(plans[0]) if n["Node Type"] == "Index Only Scan"]
        assert all(node["Actual Rows"] <= 20 * 800 + 1 for node in skipped)


@pytest.mark.parametrize(
    "view",
    [
        View(price_min=9_990_000),
        View(price_max=10_000),
        View(price_min=5_000_000),
        View(price_max=5_000_000),
        View(price_min=100),
        View(created_from=MIDDLE),
        View(created_to=MIDDLE),
        View(price_min=5_000_000, sort=Sort.PRICE),
        View(price_min=5_000_000, sort=Sort.NAME),
    ],
    ids=lambda view: str(view.model_dump(mode="json", exclude_defaults=True)),
)
async def test_one_filter_is_bounded(
    filled: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    plans = await plans_of(filled, Listing(view, 20), monkeypatch)

    assert len(plans) == 2
    assert_bounded(plans)
    assert rows_read(plans) <= 2 * MAX_COUNTED + 2000


@pytest.mark.parametrize(
    "q", [COMMON, RARE, COMMON[:4], "shoes", f"синий {COMMON}", "большой", "нет-такого"]
)
async def test_a_search_is_bounded(
    filled: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, q: str
) -> None:
    view = View(q=q)
    for listing in (Listing(view, 20), Listing(view, 20, after=AFTER["created_at"])):
        plans = await plans_of(filled, listing, monkeypatch)

        assert len(plans) <= 2
        assert_bounded(plans)
        assert rows_read(plans) <= 3 * MAX_COUNTED


async def test_the_state_is_read_by_its_key(
    filled: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = await plans_of(filled, Listing(View(), 20), monkeypatch)

    state = [n for n in nodes(plans[0]) if n.get("Relation Name") == "catalog_state"]
    assert {node["Node Type"] for node in state} == {"Index Scan"}
