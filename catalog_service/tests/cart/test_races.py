"""Many concurrent requests for one cart."""

import asyncio

import httpx2
import pytest

from catalog_service.models import Cart, Product
from catalog_service.tests.buyers import CART, ITEMS, Buyer

pytestmark = pytest.mark.usefixtures("empty_tables")


def statuses(answers: list[httpx2.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_fifty_parallel_adds_of_one_product_make_fifty_pieces(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)

    answers = await asyncio.gather(*(anna.add((tea, 1)) for _ in range(50)))

    assert statuses(answers) == [200] * 50
    assert await anna.quantities() == {tea.id: 50}
    assert await Cart.all().count() == 1


async def test_parallel_adds_stop_at_the_cap_of_a_line(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)

    answers = await asyncio.gather(*(anna.add((tea, 100)) for _ in range(12)))

    assert statuses(answers) == [200] * 9 + [409] * 3
    assert await anna.quantities() == {tea.id: 900}


async def test_parallel_adds_stop_at_the_cap_of_the_cart(anna: Buyer) -> None:
    products = [await Product.create(name=f"Tea {number}", price=1) for number in range(210)]
    parts = [products[start : start + 30] for start in range(0, 210, 30)]

    answers = await asyncio.gather(*(anna.add(*[(p, 1) for p in part]) for part in parts))

    assert statuses(answers) == [200] * 6 + [409]
    assert len(await anna.quantities()) == 180


async def test_parallel_adds_stop_at_the_cap_of_the_total(anna: Buyer) -> None:
    cup = await Product.create(name="Cup", price=1)
    teas = [await Product.create(name=f"Tea {number}", price=2**52) for number in range(5)]
    await anna.add((cup, 1))

    answers = await asyncio.gather(*(anna.add((tea, 1)) for tea in teas))

    assert statuses(answers) == [200] + [409] * 4
    assert (await anna.cart())["total"] == 2**52 + 1


async def test_adding_and_clearing_concurrently_leave_all_or_nothing_of_each_request(
    anna: Buyer,
) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]
    adding = [anna.add((tea, 1), (cup, 1)) for _ in range(15)]
    clearing = [anna.client.delete(CART) for _ in range(5)]
    removing = [anna.client.delete(f"{ITEMS}/{10**6}") for _ in range(5)]

    answers = await asyncio.gather(*adding, *clearing, *removing)

    assert statuses(answers) == [200] * 15 + [204] * 10
    quantities = await anna.quantities()
    assert quantities.get(tea.id) == quantities.get(cup.id)
