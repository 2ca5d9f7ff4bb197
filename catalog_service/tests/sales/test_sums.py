"""Sums of orders by day and by product."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from catalog_service.models import Order, Product
from catalog_service.tests.buyers import ORDERS, Buyer
from catalog_service.tests.conftest import UNAUTHORIZED, broken_fields

pytestmark = pytest.mark.usefixtures("empty_tables")

DAYS, PRODUCTS = f"{ORDERS}/sums/days", f"{ORDERS}/sums/products"
NONE = {"placed": 0, "paid": 0, "cancelled": 0}
BOTH = pytest.mark.parametrize("path", [DAYS, PRODUCTS])


async def order_at(instant: str, *, status: str = "placed", total: int = 100) -> None:
    at = datetime.fromisoformat(instant)
    buyer = "00000000-0000-4000-8000-000000000001"
    await Order.create(user_id=buyer, status=status, total=total, created_at=at, updated_at=at)


async def days(manager: Buyer, **query: Any) -> dict[str, dict[str, dict[str, int]]]:
    """Return what was sold, by day, of the days on which anything was."""
    response = await manager.get(DAYS, **query)
    assert response.status_code == 200, response.text
    found = response.json()["days"]
    return {
        day["day"]: {"orders": day["orders"], "totals": day["totals"]}
        for day in found
        if day["orders"] != NONE
    }


@BOTH
async def test_only_the_staff_is_given_sums(
    stranger: httpx2.AsyncClient, anna: Buyer, manager: Buyer, path: str
) -> None:
    response = await stranger.get(path)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    response = await anna.get(path)
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    response = await manager.get(path)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")


async def test_each_day_says_its_orders_by_what_they_are_now(manager: Buyer) -> None:
    await order_at("2026-11-20T00:00:00Z")
    await order_at("2026-11-20T23:59:59.999999Z", total=50)
    await order_at("2026-11-20T12:00:00Z", status="paid", total=2**53 - 1)
    await order_at("2026-11-20T12:00:00Z", status="paid", total=2**53 - 1)
    await order_at("2026-11-22T12:00:00Z", status="cancelled", total=7)
    await order_at("2026-11-19T23:59:59.999999Z")
    await order_at("2026-11-23T00:00:00Z")

    response = await manager.get(DAYS, first_day="2026-11-20", last_day="2026-11-22")

    assert response.json() == {
        "first_day": "2026-11-20",
        "last_day": "2026-11-22",
        "time_zone": "UTC",
        "currency": "RUB",
        "days": [
            {
                "day": "2026-11-20",
                "orders": {"placed": 2, "paid": 2, "cancelled": 0},
                "totals": {"placed": 150, "paid": 2**54 - 2, "cancelled": 0},
            },
            {"day": "2026-11-21", "orders": NONE, "totals": NONE},
            {
                "day": "2026-11-22",
                "orders": {**NONE, "cancelled": 1},
                "totals": {**NONE, "cancelled": 7},
            },
        ],
    }


async def test_days_begin_on_the_clock_of_the_zone_also_where_it_is_changed(
    manager: Buyer,
) -> None:
    await order_at("2026-10-24T21:59:59Z")  # 23:59:59 in summer time
    await order_at("2026-10-24T22:00:00Z")
    await order_at("2026-10-25T22:59:59Z")  # a day of 25 hours
    await order_at("2026-10-25T23:00:00Z")

    period = {"first_day": "2026-10-24", "last_day": "2026-10-26"}
    found = await days(manager, **period, time_zone="Europe/Berlin")

    assert {day: sums["orders"]["placed"] for day, sums in found.items()} == {
        "2026-10-24": 1,
        "2026-10-25": 2,
        "2026-10-26": 1,
    }


async def test_it_is_the_last_thirty_days_until_today(manager: Buyer) -> None:
    today = datetime.now(UTC).date()

    found = (await manager.get(DAYS)).json()

    assert len(found["days"]) == 30
    assert abs(date.fromisoformat(found["last_day"]) - today) <= timedelta(days=1)
    assert found["days"][-1]["day"] == found["last_day"]


@BOTH
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"first_day": "2026-11-21", "last_day": "2026-11-20"}, "first_day"),
        ({"first_day": "2026-01-01", "last_day": "2026-02-01"}, "last_day"),
        ({"first_day": "1999-12-31"}, "first_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"first_day": "yesterday"}, "first_day"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "20261121"}, "first_day"),
        ({"first_day": "2026-W47-6"}, "first_day"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"first_day": "1700000000"}, "first_day"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"everyone": "true"}, "everyone"),
    ],
)
async def test_what_is_no_period_is_refused(
    manager: Buyer, path: str, query: dict[str, str], field: str
) -> None:
    assert broken_fields(await manager.get(path, **query)) == [field]


@BOTH
async def test_the_longest_period_is_summed_up(manager: Buyer, path: str) -> None:
    longest = {"first_day": "2026-01-01", "last_day": "2026-01-31"}
    assert (await manager.get(path, **longest)).status_code == 200


async def test_products_are_named_as_they_are_now_the_best_first(
    anna: Buyer, boris: Buyer, manager: Buyer
) -> None:
    tea = await Product.create(name="Tea", price=100)
    cup = await Product.create(name="Cup", price=500)
    spoon = await Product.create(name="Spoon", price=1)
    await anna.ordered((tea, 2), (cup, 1))
    await boris.ordered((tea, 1))
    cancelled = await boris.ordered((spoon, 900))
    assert (await boris.move(cancelled, "cancel")).status_code == 200
    tea.name = "Tea, black"
    await tea.save(update_fields=["name"])

    found = (await manager.get(PRODUCTS)).json()

    assert found["products"] == [
        {"product_id": cup.id, "name": "Cup", "orders": 1, "pieces": 1, "total": 500},
        {"product_id": tea.id, "name": "Tea, black", "orders": 2, "pieces": 3, "total": 300},
    ]


async def test_a_hundred_products_are_the_most(
    anna: Buyer, manager: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog_service.sales.service.MAX_PRODUCTS", 2)
    products = [await Product.create(name=f"Tea {n}", price=100) for n in range(3)]
    await anna.ordered(*((product, 1) for product in products))

    found = (await manager.get(PRODUCTS)).json()["products"]

    assert [row["product_id"] for row in found] == [products[0].id, products[1].id]
