"""The staff cancels with a reason, which the buyer sees, and only what it has seen."""

import asyncio
from typing import Any

import pytest

from catalog_service.models import Product
from catalog_service.orders import stock
from catalog_service.tests.buyers import ORDERS, Buyer, left, named, tracked
from catalog_service.tests.conftest import broken_fields

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
async def order(anna: Buyer) -> dict[str, Any]:
    return await anna.ordered((await Product.create(name="Tea", price=10), 1))


async def test_the_reason_is_kept_and_shown_to_the_buyer(
    anna: Buyer, manager: Buyer, order: dict[str, Any]
) -> None:
    response = await manager.move(order, "cancel", {"reason": "  Чайник разбился  "})

    assert (response.status_code, response.json()["cancel_reason"]) == (200, "Чайник разбился")
    assert (await anna.get(f"{ORDERS}/{order['id']}")).json()["cancel_reason"] == "Чайник разбился"


async def test_no_reason_is_needed(manager: Buyer, order: dict[str, Any]) -> None:
    assert (await manager.move(order, "cancel", {})).json()["cancel_reason"] is None


async def test_a_buyer_gives_none(anna: Buyer, order: dict[str, Any]) -> None:
    response = await anna.move(order, "cancel", {"reason": "Changed my mind"})

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert (await anna.get(f"{ORDERS}/{order['id']}")).json()["status"] == "placed"


async def test_a_second_reason_changes_nothing(manager: Buyer, order: dict[str, Any]) -> None:
    await manager.move(order, "cancel", {"reason": "The first"})

    response = await manager.move(order, "cancel", {"reason": "The second"})

    assert named(response, "order_not_cancellable") == {"status": "The order is cancelled"}
    shown = (await manager.get(f"{ORDERS}/{order['id']}")).json()
    assert shown["cancel_reason"] == "The first"


async def test_who_took_it_for_unpaid_does_not_cancel_what_is_paid(
    manager: Buyer, order: dict[str, Any]
) -> None:
    await manager.move(order, "pay")

    response = await manager.move(order, "cancel", {"expected_status": "placed"})

    assert named(response, "order_not_cancellable") == {"status": "The order is paid"}
    response = await manager.move(order, "cancel", {"expected_status": "paid"})
    assert response.json()["status"] == "cancelled"


async def test_of_two_managers_one_cancels_or_marks_as_paid_and_the_stock_comes_back_once(
    anna: Buyer, manager: Buyer
) -> None:
    for _ in range(5):
        tea = await tracked("Tea", quantity=3)
        order = await anna.ordered((tea, 2))
        seen = {"expected_status": "placed", "reason": "No tea"}

        answers = await asyncio.gather(
            manager.move(order, "pay"), *(manager.move(order, "cancel", seen) for _ in range(2))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
        shown = (await manager.get(f"{ORDERS}/{order['id']}")).json()
        is_cancelled = shown["status"] == "cancelled"
        assert shown["cancel_reason"] == ("No tea" if is_cancelled else None)
        assert await left(tea) == (3 if is_cancelled else 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "a\nb"}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": 7}, "reason"),
        ({"expected_status": "lost"}, "expected_status"),
        ({"why": "x"}, "why"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    manager: Buyer, order: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    assert broken_fields(await manager.move(order, "cancel", body)) == [field]
    assert (await manager.get(f"{ORDERS}/{order['id']}")).json()["status"] == "placed"


@pytest.mark.parametrize("is_staff", [True, False])
async def test_a_cancellation_that_fails_leaves_the_order_as_it_was(
    anna: Buyer,
    manager: Buyer,
    order: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_staff: bool,
) -> None:
    async def fail(_order_id: object) -> None:
        raise ValueError

    monkeypatch.setattr(stock, "give_back", fail)
    who = manager if is_staff else anna

    assert (await who.move(order, "cancel")).status_code == 500
    assert (await anna.get(f"{ORDERS}/{order['id']}")).json()["status"] == "placed"
