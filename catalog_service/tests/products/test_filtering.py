"""Lists with bounds, and what is not for sale."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from catalog_service.products.reading import queries, service
from catalog_service.tests.conftest import PRODUCTS, broken_fields
from catalog_service.tests.products.adding import add, add_named
from shared.database import counting

pytestmark = pytest.mark.usefixtures("empty_tables")

DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def prices(reader: httpx2.AsyncClient, **query: Any) -> list[int]:
    response = await reader.get(PRODUCTS, params=query)
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["total"] == len(body["items"])
    return [item["price"] for item in body["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"price_min": 7}, [9, 8, 7]),
        ({"price_max": 1}, [1, 0]),
        ({"price_min": 3, "price_max": 4}, [4, 3]),
        ({"price_min": 4, "price_max": 3}, []),
        ({"price_min": 3, "price_max": 4, "sort": "price"}, [3, 4]),
        ({"price_min": 8, "sort": "name"}, [8, 9]),
        ({"price_min": 2**53 - 1}, []),
    ],
)
async def test_bounds_of_the_price_belong_to_what_is_found(
    reader: httpx2.AsyncClient, query: dict[str, Any], found: list[int]
) -> None:
    await add(10)

    assert await prices(reader, **query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"created_from": "2026-01-01T12:00:00Z"}, [3, 2]),
        ({"created_from": "2026-01-01T15:00:00+03:00"}, [3, 2]),
        ({"created_from": "2026-01-01T12:00:00.000001Z"}, [3]),
        ({"created_to": "2026-01-01T12:00:00Z"}, [2, 1]),
        ({"created_to": "2026-01-01t12:00:00z", "created_from": "2025-12-31T12:00:00Z"}, [2, 1]),
        ({"created_from": "0001-02-01T00:00:00Z", "created_to": "9999-12-30T00:00:00Z"}, [3, 2, 1]),
    ],
)
async def test_bounds_of_the_time_belong_to_what_is_found(
    reader: httpx2.AsyncClient, query: dict[str, Any], found: list[int]
) -> None:
    for number in (1, 2, 3):
        await add_named("Tea", price=number, created_at=DAY + timedelta(days=number - 2))

    assert await prices(reader, **query) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("price_min=-1", "price_min"),
        ("price_min=1.0", "price_min"),
        ("price_min=1e3", "price_min"),
        ("price_min=", "price_min"),
        (f"price_max={2**53}", "price_max"),
        (f"price_max={2**63}", "price_max"),
        ("price_max=١", "price_max"),
        ("created_from=2026-01-01", "created_from"),
        ("created_from=2026-01-01T12:00:00", "created_from"),
        ("created_from=2026-01-01T12:00:00+03:00", "created_from"),  # its plus is a space
        ("created_from=0000-01-01T12:00:00Z", "created_from"),
        ("created_from=0001-01-01T00:00:00%2B14:00", "created_from"),
        ("created_to=9999-12-31T23:59:59-14:00", "created_to"),
        ("created_to=10000-01-01T00:00:00Z", "created_to"),
        ("created_to=1767268800", "created_to"),
        ("created_to=17672688000000000000", "created_to"),
        ("created_to=infinity", "created_to"),
        ("created_to=now", "created_to"),
        ("created_to=%00", "created_to"),
        ("include_inactive=perhaps", "include_inactive"),
        ("page=2&page=2", "page"),
        ("q=tea&q=cup", "q"),
        ("price=5", "price"),
        ("limit=5", "limit"),
        ("%00=1", "\0"),
    ],
)
async def test_what_is_no_bound_is_named(
    reader: httpx2.AsyncClient, query: str, field: str
) -> None:
    assert broken_fields(await reader.get(f"{PRODUCTS}?{query}")) == [field]


async def test_only_the_staff_sees_what_is_not_for_sale(
    reader: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    for_sale, withdrawn = await add_named("Tea") + await add_named("Cup", is_active=False)

    refused = await reader.get(PRODUCTS, params={"include_inactive": "true"})
    shown = (await editor.get(PRODUCTS, params={"include_inactive": "true"})).json()

    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
    assert [(item["id"], item["is_active"]) for item in shown["items"]] == [
        (withdrawn, False),
        (for_sale, True),
    ]
    assert shown["total"] == 2
    assert (await editor.get(PRODUCTS)).json()["total"] == 1
    assert (await reader.get(f"{PRODUCTS}/{withdrawn}")).status_code == 404
    assert (await editor.get(f"{PRODUCTS}/{withdrawn}")).status_code == 200


@pytest.fixture
def little_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count no further than ten."""
    for module in (counting, queries, service):
        monkeypatch.setattr(module, "MAX_COUNTED", 10)
    functions: list[Any] = [counting.counting, counting.CappedCount.of.__func__]  # type: ignore[attr-defined]
    for function in functions:
        monkeypatch.setitem(function.__kwdefaults__, "most", 10)


@pytest.mark.usefixtures("little_counted")
@pytest.mark.parametrize("query", [{"price_min": 1}, {"q": "product"}, {"q": "produ"}])
async def test_what_is_beyond_the_count_has_no_page_numbers_but_cursors(
    reader: httpx2.AsyncClient, query: dict[str, Any]
) -> None:
    ids = await add(14, price=5)

    last = await reader.get(PRODUCTS, params={**query, "size": 5, "page": 2})
    beyond = await reader.get(PRODUCTS, params={**query, "size": 5, "page": 3})
    rest = await reader.get(PRODUCTS, params={"cursor": last.json()["next_cursor"]})

    body = last.json()
    assert (body["total"], body["total_is_capped"], body["pages"]) == (10, True, 2)
    assert [item["id"] for item in body["items"]] == ids[8:3:-1]
    assert 'rel="last"' not in last.headers["link"]
    assert "cursor=" in last.headers["link"]
    assert broken_fields(beyond) == ["page"]
    assert [item["id"] for item in rest.json()["items"]] == ids[3::-1]
    assert rest.json()["total_is_capped"] is True
