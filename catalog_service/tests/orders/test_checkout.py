"""A cart becomes an order, with the names and prices of that moment, or stays what it is."""

import asyncio

import httpx2
import pytest

from catalog_service.models import IdempotencyKey, Order, OrderLine, Product
from catalog_service.tests.buyers import ITEMS, ORDERS, Buyer, left, named, tracked
from catalog_service.tests.conftest import UNAUTHORIZED

pytestmark = pytest.mark.usefixtures("empty_tables")


async def nothing_is_ordered() -> bool:
    kinds = (Order, OrderLine, IdempotencyKey)
    return [await kind.all().count() for kind in kinds] == [0, 0, 0]


async def test_a_stranger_orders_nothing(stranger: httpx2.AsyncClient) -> None:
    response = await stranger.post(ORDERS, headers={"Idempotency-Key": "1"})

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_the_cart_becomes_an_order_and_is_empty_then(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)
    cup = await tracked("Cup", price=900, quantity=7)
    await anna.add((cup, 2), (tea, 3))

    response = await anna.order()

    order = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"{ORDERS}/{order['id']}"
    assert response.headers["cache-control"] == "no-store"
    assert "idempotent-replayed" not in response.headers
    assert order == {
        "id": order["id"],
        "user_id": str(anna.user_id),
        "buyer_name": None,
        "status": "placed",
        "total": 2550,
        "currency": "RUB",
        "created_at": order["created_at"],
        "updated_at": order["created_at"],
        "cancel_reason": None,
        "lines": [
            {
                "product_id": cup.id,
                "name": "Cup",
                "price": 900,
                "quantity": 2,
                "line_total": 1800,
            },
            {"product_id": tea.id, "name": "Tea", "price": 250, "quantity": 3, "line_total": 750},
        ],
    }
    assert (await anna.cart())["lines"] == []
    assert (await anna.get(response.headers["location"])).content == response.content


async def test_an_order_keeps_its_names_and_prices(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)
    order = await anna.ordered((tea, 2))

    await Product.filter(id=tea.id).update(name="Green tea", price=1, is_active=False)

    assert (await anna.get(f"{ORDERS}/{order['id']}")).json() == order


async def test_an_order_costs_what_the_products_cost_now_and_not_when_they_were_added(
    anna: Buyer,
) -> None:
    tea = await Product.create(name="Tea", price=250)
    await anna.add((tea, 2))
    await Product.filter(id=tea.id).update(price=300)

    assert (await anna.order()).json()["total"] == 600


async def test_a_total_that_is_not_what_the_buyer_saw_is_refused_and_the_new_one_reported(
    anna: Buyer,
) -> None:
    tea = await Product.create(name="Tea", price=250)
    await anna.add((tea, 2))
    await Product.filter(id=tea.id).update(price=300)

    response = await anna.order("key", expected_total=500)

    assert response.status_code == 409
    assert named(response, "total_changed") == {"expected_total": "The total is 600 now"}
    assert await nothing_is_ordered()
    assert await anna.quantities() == {tea.id: 2}
    assert (await anna.order("key", expected_total=600)).status_code == 201


async def test_a_product_that_was_switched_off_is_named_and_not_dropped_in_silence(
    anna: Buyer,
) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]
    await anna.add((tea, 1), (cup, 1))
    await Product.filter(id=tea.id).update(is_active=False)

    response = await anna.order()

    assert response.status_code == 409
    assert named(response, "products_unavailable") == {
        f"products.{tea.id}": "«Tea» is not for sale any more"
    }
    assert await nothing_is_ordered()
    assert await anna.quantities() == {tea.id: 1, cup.id: 1}
    await anna.client.delete(f"{ITEMS}/{tea.id}")
    assert (await anna.order()).json()["total"] == 10


async def test_an_empty_cart_is_no_order(anna: Buyer) -> None:
    response = await anna.order()

    assert (response.status_code, response.json()["error"]) == (409, "cart_empty")
    assert await nothing_is_ordered()


async def test_a_cart_that_became_too_dear_to_count_is_no_order(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=1)
    await anna.add((tea, 999))
    await Product.filter(id=tea.id).update(price=2**53 - 1)

    response = await anna.order()

    assert (response.status_code, response.json()["error"]) == (409, "cart_total_too_large")
    assert (await anna.cart())["total"] == 999 * (2**53 - 1)


async def test_what_costs_nothing_can_be_ordered(anna: Buyer) -> None:
    sample = await Product.create(name="Sample", price=0)
    await anna.add((sample, 1))

    assert (await anna.order(expected_total=0)).json()["total"] == 0


async def test_of_many_tabs_with_a_key_each_one_makes_an_order(anna: Buyer) -> None:
    cup = await tracked("Cup", quantity=100)
    await asyncio.gather(*(anna.add((cup, 1)) for _ in range(12)))  # opens all connections, too

    answers = await asyncio.gather(*(anna.order(f"tab-{number}") for number in range(12)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    refusals = {answer.json()["error"] for answer in answers if answer.is_error}
    assert refusals == {"cart_empty"}
    assert await Order.all().count() == 1
    assert await left(cup) == 100 - 12


async def test_what_is_added_during_a_checkout_is_ordered_or_stays_in_the_cart(
    anna: Buyer,
) -> None:
    tea = await Product.create(name="Tea", price=10)
    await anna.add((tea, 1))

    ordering = [anna.order() for _ in range(5)]
    await asyncio.gather(*ordering, *(anna.add((tea, 1)) for _ in range(20)))

    ordered = sum([line.quantity for line in await OrderLine.all()])
    assert ordered + (await anna.quantities()).get(tea.id, 0) == 21
