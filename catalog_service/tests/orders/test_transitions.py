"""Where an order may go from where it stands, and who may move it."""

import asyncio
import re
from itertools import product as pairs
from pathlib import Path

import httpx2
import pytest

from catalog_service.models import Order, OrderStatus, Product
from catalog_service.orders.transitions import TRANSITIONS, Actor, sources
from catalog_service.tests.buyers import ORDERS, Buyer, left, named, tracked
from catalog_service.tests.conftest import UNAUTHORIZED

pytestmark = pytest.mark.usefixtures("empty_tables")

DECISIONS = Path(__file__).parents[3] / "docs" / "decisions"
ACTIONS = {"pay": OrderStatus.PAID, "cancel": OrderStatus.CANCELLED}


def test_the_table_in_the_docs_is_that_of_the_code() -> None:
    [page] = DECISIONS.glob("0021-*.md")
    rows = re.findall(r"^\| (\w+) \| (\w+) \| ([\w, ]+) \|$", page.read_text(), re.MULTILINE)
    told = {(source, target): set(actors.split(", ")) for source, target, actors in rows[1:]}

    assert told == {pair: set(actors) for pair, actors in TRANSITIONS.items()}


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_stranger_moves_no_order(stranger: httpx2.AsyncClient, action: str) -> None:
    response = await stranger.post(f"{ORDERS}/1/{action}")

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(
    ("actor", "status", "action"), list(pairs(Actor, OrderStatus, ACTIONS)), ids=str
)
async def test_the_table_decides(
    anna: Buyer, manager: Buyer, actor: Actor, status: OrderStatus, action: str
) -> None:
    order = await anna.ordered((await Product.create(name="Tea", price=1), 1))
    await Order.filter(id=order["id"]).update(status=status)
    who = {Actor.OWNER: anna, Actor.EDITOR: manager}[actor]

    response = await who.move(order, action)

    allowed = status in sources(ACTIONS[action], actor)
    now = (await Order.get(id=order["id"])).status
    assert now is (ACTIONS[action] if allowed else status)
    if allowed:
        assert response.status_code == 200
        assert response.json() == (await anna.get(f"{ORDERS}/{order['id']}")).json()
        assert response.json()["updated_at"] > order["updated_at"]
    elif (actor, action) == (Actor.OWNER, "pay"):
        assert response.status_code == 403
    else:
        assert response.status_code == 409
        name = {"pay": "order_not_payable", "cancel": "order_not_cancellable"}[action]
        assert named(response, name) == {"status": f"The order is {status}"}


async def test_the_staff_cancels_its_own_orders_as_staff(manager: Buyer) -> None:
    order = await manager.ordered((await Product.create(name="Tea", price=1), 1))

    assert (await manager.move(order, "pay")).json()["status"] == "paid"
    assert (await manager.move(order, "cancel")).json()["status"] == "cancelled"


async def test_of_paying_and_cancelling_concurrently_one_wins(anna: Buyer, manager: Buyer) -> None:
    cup = await tracked("Cup", quantity=10)
    for _ in range(5):
        order = await anna.ordered((cup, 1))
        before = await left(cup)

        paid, cancelled = await asyncio.gather(
            manager.move(order, "pay"), anna.move(order, "cancel")
        )

        assert sorted((paid.status_code, cancelled.status_code)) == [200, 409]
        status = (await Order.get(id=order["id"])).status
        assert status is (OrderStatus.PAID if paid.is_success else OrderStatus.CANCELLED)
        assert await left(cup) == before + (1 if cancelled.is_success else 0)


async def test_another_persons_order_cannot_be_cancelled(anna: Buyer, boris: Buyer) -> None:
    order = await anna.ordered((await Product.create(name="Tea", price=1), 1))

    response = await boris.move(order, "cancel")

    assert (response.status_code, response.json()["error"]) == (404, "order_not_found")
    assert (await Order.get()).status is OrderStatus.PLACED
