"""Looking through orders."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from catalog_service.models import Order, Product
from catalog_service.tests.buyers import ORDERS, Buyer
from catalog_service.tests.conftest import UNAUTHORIZED
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")

NOT_FOUND = {"code": 404, "message": "You have no such order.", "error": "order_not_found"}


async def some_orders(buyer: Buyer, number: int, **fields: Any) -> list[str]:
    """Make so many orders at one instant; return their ids as lists show them."""
    now = clock.now()
    await Order.bulk_create(
        Order(user_id=buyer.user_id, total=1, created_at=now, **fields) for _ in range(number)
    )
    made = Order.filter(user_id=buyer.user_id, created_at=now)
    return [str(order.id) for order in await made.order_by("-id")]


def ids(page: dict[str, Any]) -> list[str]:
    return [order["id"] for order in page["items"]]


async def test_a_stranger_sees_no_orders(stranger: httpx2.AsyncClient) -> None:
    for path in (ORDERS, f"{ORDERS}/{uuid4()}", f"{ORDERS}/1"):
        response = await stranger.get(path)
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_orders_are_listed_without_their_lines(anna: Buyer) -> None:
    order = await anna.ordered((await Product.create(name="Tea", price=10), 1))
    del order["lines"], order["cancel_reason"]

    response = await anna.get(ORDERS)

    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {
        "items": [order],
        "total": 1,
        "total_is_capped": False,
        "page": 1,
        "size": 20,
        "pages": 1,
    }


async def test_whoever_ordered_nothing_has_an_empty_list(anna: Buyer) -> None:
    page = (await anna.get(ORDERS)).json()

    assert (page["items"], page["total"], page["pages"]) == ([], 0, 0)


async def test_pages_show_each_order_once_the_newest_first(anna: Buyer, boris: Buyer) -> None:
    older, newer = await some_orders(anna, 4), await some_orders(anna, 3)
    await some_orders(boris, 2)

    pages = [(await anna.get(ORDERS, page=number, size=3)).json() for number in (1, 2, 3, 4)]

    assert [ids(page) for page in pages] == [newer, older[:3], older[3:], []]
    assert {(page["total"], page["pages"]) for page in pages} == {(7, 3)}


async def test_orders_can_be_asked_for_by_status(anna: Buyer) -> None:
    await some_orders(anna, 2)
    paid = await some_orders(anna, 3, status="paid")

    page = (await anna.get(ORDERS, status="paid")).json()

    assert (ids(page), page["total"]) == (paid, 3)
    assert (await anna.get(ORDERS, status="cancelled")).json()["total"] == 0


async def test_the_staff_sees_everybodys_orders_if_it_wants_to(
    anna: Buyer, boris: Buyer, manager: Buyer
) -> None:
    first = await some_orders(anna, 2)
    second = await some_orders(boris, 1, status="paid")
    own = await some_orders(manager, 1)

    everybodys = (await manager.get(ORDERS, everyone=True)).json()
    paid = (await manager.get(ORDERS, everyone=True, status="paid")).json()

    assert ids(everybodys) == own + second + first
    assert (everybodys["total"], everybodys["total_is_capped"]) == (4, False)
    assert {order["user_id"] for order in paid["items"]} == {str(boris.user_id)}
    assert ids((await manager.get(ORDERS)).json()) == own


async def test_everybodys_orders_are_counted_as_far_as_is_worth_it_and_ones_own_all(
    manager: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_orders(manager, 5)
    monkeypatch.setattr("catalog_service.orders.filtering.capped_count.__kwdefaults__", {"most": 3})

    everybodys = (await manager.get(ORDERS, everyone=True, size=2)).json()
    own = (await manager.get(ORDERS, size=2)).json()

    shown = [(page["total"], page["total_is_capped"], page["pages"]) for page in (everybodys, own)]
    assert shown == [(3, True, 2), (5, False, 3)]


async def test_buyers_do_not_see_everybodys_orders(anna: Buyer) -> None:
    response = await anna.get(ORDERS, everyone=True)

    assert (response.status_code, response.json()["error"]) == (403, "forbidden")
    assert (await anna.get(ORDERS, everyone=False)).status_code == 200


async def test_another_persons_order_is_not_there_but_for_the_staff(
    anna: Buyer, boris: Buyer, manager: Buyer
) -> None:
    order = await anna.ordered((await Product.create(name="Tea", price=1), 1))
    path = f"{ORDERS}/{order['id']}"

    refused = await boris.get(path)
    unknown = await anna.get(f"{ORDERS}/{uuid4()}")

    assert (refused.status_code, refused.json()) == (404, NOT_FOUND)
    assert (unknown.status_code, unknown.json()) == (404, NOT_FOUND)
    assert (await manager.get(path)).json() == (await anna.get(path)).json() == order


async def test_the_last_page_there_can_be_is_empty(manager: Buyer) -> None:
    await some_orders(manager, 1)

    page = (await manager.get(ORDERS, page=10**9, size=100, everyone=True)).json()

    assert (page["items"], page["total"]) == ([], 1)
