"""What is counted is never sold twice, and comes back once."""

import asyncio

import pytest
from fastapi import FastAPI

from catalog_service.cart.shopping_cart import CartProduct, Line
from catalog_service.models import Order, OrderLine, Product, ProductStock
from catalog_service.orders import stock
from catalog_service.tests.buyers import Buyer, left, named, some_buyers, tracked

pytestmark = pytest.mark.usefixtures("empty_tables")


async def test_an_order_takes_its_pieces(anna: Buyer) -> None:
    cup, tea = await tracked("Cup", quantity=7), await Product.create(name="Tea", price=1)

    await anna.ordered((cup, 7), (tea, 999))

    assert await left(cup) == 0
    counted = await OrderLine.all().values_list("product_id", "is_counted")
    assert dict(counted) == {cup.id: True, tea.id: False}


async def test_of_what_there_is_not_enough_each_product_is_named_and_nothing_taken(
    anna: Buyer,
) -> None:
    cup, pot = await tracked("Cup", quantity=2), await tracked("Pot", quantity=0)
    tea = await tracked("Tea", quantity=5)
    await anna.add((tea, 5), (pot, 1), (cup, 3))

    response = await anna.order()

    assert response.status_code == 409
    assert named(response, "not_enough_stock") == {
        f"products.{cup.id}": "«Cup»: 3 wanted, 2 left",
        f"products.{pot.id}": "«Pot»: 1 wanted, 0 left",
    }
    assert [await left(product) for product in (cup, pot, tea)] == [2, 0, 5]
    assert await anna.quantities() == {tea.id: 5, pot.id: 1, cup.id: 3}
    assert await Order.all().count() == 0


async def test_a_hundred_buyers_for_ten_pieces_make_ten_orders(app: FastAPI) -> None:
    cup = await tracked("Cup", quantity=10)
    async with some_buyers(app, 100) as buyers:
        await asyncio.gather(*(buyer.add((cup, 1)) for buyer in buyers))

        answers = await asyncio.gather(*(buyer.order() for buyer in buyers))

    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 90
    refusals = [named(answer, "not_enough_stock") for answer in answers if answer.is_error]
    assert all(refusal == {f"products.{cup.id}": "«Cup»: 1 wanted, 0 left"} for refusal in refusals)
    assert (await left(cup), await Order.all().count()) == (0, 10)


async def test_buyers_of_the_same_products_in_opposite_order_do_not_wait_for_each_other_for_ever(
    app: FastAPI,
) -> None:
    cup, pot = await tracked("Cup", quantity=15), await tracked("Pot", quantity=15)
    async with some_buyers(app, 20) as buyers:
        for number, buyer in enumerate(buyers):
            await buyer.add(*[((cup, 1), (pot, 1)), ((pot, 1), (cup, 1))][number % 2])

        answers = await asyncio.gather(*(buyer.order() for buyer in buyers))

    assert sorted(answer.status_code for answer in answers) == [201] * 15 + [409] * 5
    assert (await left(cup), await left(pot)) == (0, 0)


async def test_a_cancelled_order_gives_its_pieces_back(anna: Buyer) -> None:
    cup, pot = await tracked("Cup", quantity=7), await tracked("Pot", quantity=1)
    order = await anna.ordered((cup, 3), (pot, 1))

    assert (await anna.move(order, "cancel")).status_code == 200

    assert (await left(cup), await left(pot)) == (7, 1)


async def test_twenty_cancels_concurrently_give_them_back_once(anna: Buyer) -> None:
    cup = await tracked("Cup", quantity=7)
    order = await anna.ordered((cup, 3))

    answers = await asyncio.gather(*(anna.move(order, "cancel") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert await left(cup) == 7


async def test_pieces_that_were_not_counted_when_they_were_ordered_do_not_come_back(
    anna: Buyer,
) -> None:
    tea = await Product.create(name="Tea", price=1)
    order = await anna.ordered((tea, 3))
    await ProductStock.create(product=tea, quantity=5)

    await anna.move(order, "cancel")

    assert await left(tea) == 5


async def test_what_has_ceased_to_be_counted_stays_so(anna: Buyer) -> None:
    cup = await tracked("Cup", quantity=7)
    order = await anna.ordered((cup, 3))
    await ProductStock.all().delete()

    assert (await anna.move(order, "cancel")).json()["status"] == "cancelled"

    assert await ProductStock.all().count() == 0


async def test_what_ceases_to_be_counted_during_a_checkout_is_not_taken_from(app: FastAPI) -> None:
    tea = CartProduct(id=1, price=1, available=5)

    assert await stock.take([Line(tea, 3, 1)]) == frozenset()


async def test_ordering_and_cancelling_concurrently_lose_no_piece(app: FastAPI) -> None:
    cup, pot = await tracked("Cup", quantity=30), await tracked("Pot", quantity=30)

    async def come_and_go(buyer: Buyer) -> None:
        for _ in range(3):
            await buyer.move(await buyer.ordered((pot, 2), (cup, 1)), "cancel")

    async with some_buyers(app, 10) as buyers:
        await asyncio.gather(*map(come_and_go, buyers))

    assert (await left(cup), await left(pot)) == (30, 30)
