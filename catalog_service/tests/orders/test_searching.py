"""The staff finds orders by number, by the buyer's name and by time."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from catalog_service.buyers import service
from catalog_service.models import Order
from catalog_service.tests.buyers import ORDERS, Buyer
from catalog_service.tests.conftest import broken_fields
from catalog_service.tests.orders.test_buyer_names import account
from shared import clock
from shared.account_feed.batches import Batch

pytestmark = pytest.mark.usefixtures("empty_tables")

NUMBER = UUID("8b5b52ea-0a0b-4a4b-9d3a-3a1f0a4c2f11")


async def order_of(name: str, *, order_id: UUID | None = None, **fields: Any) -> str:
    """Return an order of somebody of this name."""
    user_id = uuid4()
    async with in_transaction():
        await service.apply(Batch((account(user_id, name),), 1, completes_copy=False))
    order = await Order.create(id=order_id or uuid4(), user_id=user_id, total=1, **fields)
    return str(order.id)


async def found(manager: Buyer, **query: Any) -> set[str]:
    response = await manager.get(ORDERS, everyone=True, **query)
    assert response.status_code == 200, response.text
    page = response.json()
    assert page["total"] == len(page["items"])
    return {order["id"] for order in page["items"]}


@pytest.mark.parametrize(
    "written",
    [str(NUMBER), "8B5B52EA", "8b5b", "#8b5b52ea", "№ 8B5B52EA", "8b5b52ea-0a0b", NUMBER.hex],
)
async def test_an_order_is_found_by_its_number(manager: Buyer, written: str) -> None:
    order = await order_of("Анна", order_id=NUMBER)
    await order_of("Борис", order_id=UUID("8b5a52ea-0a0b-4a4b-9d3a-3a1f0a4c2f11"))

    assert await found(manager, q=written) == {order}


@pytest.mark.parametrize(
    "written", ["Семёнов", "семенов", "СЕМЕ", "пётр семёнов", "сем петр", "мария-семен"]
)
async def test_orders_are_found_by_words_of_the_buyers_name(manager: Buyer, written: str) -> None:
    order = await order_of("Пётр Семёнов (Анна-Мария)")
    await order_of("Борис Семин")

    assert await found(manager, q=written) == {order}


@pytest.mark.parametrize("written", ["deaf", "Abbe"])
async def test_a_name_that_reads_as_a_number_is_a_name(manager: Buyer, written: str) -> None:
    order = await order_of("Abbe Deaf")

    assert await found(manager, q=written) == {order}


async def test_all_filters_apply(manager: Buyer) -> None:
    now = clock.now()
    for status in ("placed", "paid"):
        for days in (0, 3):
            at = now - timedelta(days=days)
            await order_of("Анна", status=status, created_at=at)
    wanted = await order_of("Анна", status="paid", created_at=now - timedelta(days=2))
    await order_of("Борис", status="paid", created_at=now - timedelta(days=2))
    bounds = {
        "created_from": (now - timedelta(days=2)).isoformat(),
        "created_to": (now - timedelta(days=2)).isoformat(),
    }

    assert await found(manager, q="анна", status="paid", **bounds) == {wanted}


async def test_an_erased_buyer_is_found_by_no_name(manager: Buyer) -> None:
    order = await order_of("Анна")
    user_id = (await Order.get(id=order)).user_id
    async with in_transaction():
        await service.apply(Batch((account(user_id, is_erased=True),), 1, completes_copy=False))

    assert await found(manager, q="анна") == set()
    assert await found(manager) == {order}


async def test_a_buyer_searches_among_own_orders_alone(anna: Buyer, boris: Buyer) -> None:
    own = await Order.create(user_id=anna.user_id, total=1)
    other = await Order.create(user_id=boris.user_id, total=1)

    for order, total in ((own, 1), (other, 0)):
        assert (await anna.get(ORDERS, q=str(order.id))).json()["total"] == total


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", ""),
        ("q", "…"),
        ("q", "x" * 101),
        ("q", "a\0b"),
        ("created_from", "2026-11-21"),
        ("created_to", "yesterday"),
        ("buyer", "Анна"),
    ],
)
async def test_what_makes_no_sense_is_refused(manager: Buyer, name: str, value: str) -> None:
    assert broken_fields(await manager.get(ORDERS, everyone=True, **{name: value})) == [name]


@pytest.mark.parametrize("written", ["' OR 1=1 --", "a & | ! <-> b:*", "%_\\", "f" * 33, "0" * 99])
async def test_signs_of_other_languages_are_no_more_than_text(manager: Buyer, written: str) -> None:
    await order_of("Анна")
    response = await manager.get(ORDERS, everyone=True, q=written)
    assert response.status_code in {200, 422}
    assert response.json().get("items", []) == []


async def test_where_many_have_a_name_the_newest_orders_are_looked_through(
    manager: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog_service.orders.filtering.MANY_BUYERS", 1)
    monkeypatch.setattr("catalog_service.orders.filtering.LOOKED_THROUGH", 4)
    now = clock.now()
    names = ["Анна", "Анна", "Анна К.", "Борис", "Анна"]  # the newest first
    orders = [
        await order_of(name, created_at=now - timedelta(minutes=age))
        for age, name in enumerate(names)
    ]

    first = (await manager.get(ORDERS, everyone=True, q="анна", size=2)).json()
    second = (await manager.get(ORDERS, everyone=True, q="анна", size=2, page=2)).json()
    within = {"created_from": (now - timedelta(minutes=2)).isoformat()}
    few = (await manager.get(ORDERS, everyone=True, q="анна", **within)).json()

    shown = [[order["id"] for order in page["items"]] for page in (first, second)]
    assert shown == [orders[:2], [orders[2]]]
    assert (first["total"], first["pages"], first["total_is_capped"]) == (3, 2, True)
    assert (few["total"], few["total_is_capped"]) == (3, False)
