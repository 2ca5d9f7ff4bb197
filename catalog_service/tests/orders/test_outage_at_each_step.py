"""PostgreSQL goes away at each message of a use case in turn: all of it is there, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx2
import pytest

from catalog_service.models import CartLine, IdempotencyKey, Order, OrderLine, OrderStatus
from catalog_service.tests.buyers import Buyer, left, tracked
from testing.outage import Cable

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]

MOST_STEPS = 60
"""More messages than any of these use cases sends."""


@pytest.fixture
async def cuttable(cable: Cable) -> AsyncIterator[Cable]:
    """The cable, connected again afterwards."""
    yield cable
    cable.cut()
    await cable.connect()


async def in_a_task(request: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
    """Serve the request in a task of its own, as a server does: broken transactions end with it."""
    return await asyncio.create_task(request)


async def cut_once(
    cable: Cable, step: int, buyer: Buyer, request: Coroutine[Any, Any, httpx2.Response]
) -> tuple[httpx2.Response, bool]:
    """Serve the request while the message after `step` others is lost, then mend the cable.

    Return the answer, and whether there was such a message at all.
    """
    cable.cut_after(step)
    response = await in_a_task(request)
    was_cut = cable.is_cut()
    cable.cut()
    await cable.connect()
    async with asyncio.timeout(20):
        while (await in_a_task(buyer.get("/health/ready"))).status_code != 200:
            await asyncio.sleep(0.01)
    return response, was_cut


async def test_a_checkout_is_whole_or_not_there_and_its_retry_makes_exactly_one_order(
    anna: Buyer, cuttable: Cable
) -> None:
    cup, pot = await tracked("Cup", quantity=1000), await tracked("Pot", quantity=1000)
    for step in range(MOST_STEPS):
        await anna.add((pot, 2), (cup, 1))
        response, was_cut = await cut_once(cuttable, step, anna, anna.order(f"key-{step}"))

        assert response.status_code in {201, 503}, response.text
        orders = await Order.all().count()
        assert orders in ({step + 1} if response.is_success else {step, step + 1})
        assert await OrderLine.all().count() == 2 * orders
        assert await IdempotencyKey.exclude(answer=None).count() == orders
        assert await CartLine.all().count() == (0 if orders > step else 2)
        assert (await left(cup), await left(pot)) == (1000 - orders, 1000 - 2 * orders)

        retried = await anna.order(f"key-{step}")
        assert retried.status_code == 201
        assert await Order.all().count() == step + 1
        assert (await left(cup), await left(pot)) == (1000 - step - 1, 1000 - 2 * (step + 1))
        assert await anna.quantities() == {}
        if response.is_success:
            assert retried.content == response.content
        if not was_cut:
            return
    pytest.fail("the last step was never reached")


async def test_a_cancellation_gives_back_all_or_nothing_and_its_retry_the_rest(
    anna: Buyer, cuttable: Cable
) -> None:
    cup, pot = await tracked("Cup", quantity=10), await tracked("Pot", quantity=10)
    for step in range(MOST_STEPS):
        order = await anna.ordered((pot, 2), (cup, 1))
        response, was_cut = await cut_once(cuttable, step, anna, anna.move(order, "cancel"))

        assert response.status_code in {200, 503}, response.text
        status = (await Order.get(id=order["id"])).status
        gone = (0, 0) if status is OrderStatus.CANCELLED else (1, 2)
        assert (10 - await left(cup), 10 - await left(pot)) == gone

        await anna.move(order, "cancel")
        assert (await left(cup), await left(pot)) == (10, 10)
        if not was_cut:
            assert response.status_code == 200
            return
    pytest.fail("the last step was never reached")


async def test_adding_to_a_cart_adds_all_or_nothing(anna: Buyer, cuttable: Cable) -> None:
    cup, pot = await tracked("Cup", quantity=10), await tracked("Pot", quantity=10)
    expected = 0
    for step in range(MOST_STEPS):
        response, was_cut = await cut_once(cuttable, step, anna, anna.add((pot, 2), (cup, 1)))

        assert response.status_code in {200, 503}, response.text
        quantities = await anna.quantities()
        now = quantities.get(cup.id, 0)
        assert quantities.get(pot.id, 0) == 2 * now
        assert now - expected in ({1} if response.is_success else {0, 1})
        expected = now
        if not was_cut:
            assert response.status_code == 200
            return
    pytest.fail("the last step was never reached")
