"""The same request again is the same order."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from catalog_service import tallies
from catalog_service.models import IdempotencyKey, Order, Product
from catalog_service.orders.idempotency import forget_old
from catalog_service.tests.buyers import ORDERS, Buyer, left, named, tracked
from shared import clock
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("empty_tables")


async def test_the_same_key_gets_the_same_response_whatever_became_of_the_order(
    anna: Buyer, manager: Buyer
) -> None:
    cup = await tracked("Cup", quantity=7)
    await anna.add((cup, 2))
    counted = tallies.ORDERS
    placed, paid = counted["placed"], counted["paid"]
    first = await anna.order("key", expected_total=200)
    for _ in range(2):  # the second time it is refused
        await manager.move(first.json(), "pay")
    await anna.add((cup, 1))

    again = await anna.order("key", expected_total=200)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["cache-control"] == "no-store"
    assert await Order.all().count() == 1
    assert await left(cup) == 5
    assert await anna.quantities() == {cup.id: 1}
    assert (counted["placed"], counted["paid"]) == (placed + 1, paid + 1)


async def test_no_body_and_an_empty_one_say_the_same(anna: Buyer) -> None:
    await anna.ordered((await Product.create(name="Tea", price=10), 1))
    await anna.add((await Product.create(name="Cup", price=10), 1))
    first = await anna.order("key")
    headers = {"Idempotency-Key": "key"}

    for body in ({}, {"expected_total": None}):
        again = await anna.client.post(ORDERS, json=body, headers=headers)
        assert again.content == first.content


async def test_a_key_is_good_for_one_body(anna: Buyer) -> None:
    await anna.add((await Product.create(name="Tea", price=10), 1))
    await anna.order("key")

    response = await anna.order("key", expected_total=10)

    assert response.status_code == 422
    assert named(response, "idempotency_key_reused").keys() == {"Idempotency-Key"}


async def test_a_key_is_its_owners_own(anna: Buyer, boris: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)
    await anna.add((tea, 1))
    await boris.add((tea, 1))

    orders = [(await buyer.order("key")).json()["id"] for buyer in (anna, boris)]

    assert len(set(orders)) == 2


async def test_a_refused_request_may_be_sent_again_under_its_key(anna: Buyer) -> None:
    assert (await anna.order("key")).status_code == 409
    await anna.add((await Product.create(name="Tea", price=10), 1))

    response = await anna.order("key", expected_total=10)

    assert response.status_code == 201
    assert "idempotent-replayed" not in response.headers


async def test_twenty_checkouts_concurrently_with_one_key_make_one_order_and_nineteen_replays(
    anna: Buyer,
) -> None:
    cup = await tracked("Cup", quantity=7)
    await anna.add((cup, 2))

    answers = await asyncio.gather(*(anna.order("key") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert await Order.all().count() == 1
    assert await left(cup) == 5


async def test_a_response_is_kept_for_a_day(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)
    await anna.add((tea, 1))
    first = await anna.order("key")
    await anna.add((tea, 1))

    with movable_clock() as moved:
        moved.advance(timedelta(hours=23, minutes=59))
        await forget_old()
        assert (await anna.order("key")).content == first.content
        moved.advance(timedelta(minutes=1))
        later = await asyncio.gather(*(anna.order("key") for _ in range(5)))

    assert len({answer.content for answer in later}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in later) == 4
    assert later[0].json()["id"] != first.json()["id"]
    assert await Order.all().count() == 2


async def test_keys_that_count_no_more_are_forgotten(
    anna: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog_service.orders.idempotency._BATCH", 2)
    old = clock.now() - timedelta(hours=26)
    for age, number in ((timedelta(0), 5), (timedelta(hours=24.5), 1), (timedelta(hours=26), 2)):
        await IdempotencyKey.bulk_create(
            IdempotencyKey(
                user_id=uuid4(),
                key="key",
                request_hash=b"",
                answer="{}",
                created_at=old + age,
            )
            for _ in range(number)
        )

    assert await forget_old() == 5
    assert await IdempotencyKey.all().count() == 3
    assert await forget_old() == 0


@pytest.mark.parametrize("key", ["!", "~" * 255, '"8b5b52ea-0a0b"', "';--"])
async def test_any_visible_ascii_can_be_a_key(anna: Buyer, key: str) -> None:
    await anna.add((await Product.create(name="Tea", price=10), 1))

    assert (await anna.order(key)).status_code == 201
    assert (await anna.order(key)).headers["idempotent-replayed"] == "true"
