"""The cart of one user, over HTTP."""

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.models import CartLine, Product, ProductStock
from catalog_service.tests.buyers import CART, ITEMS, Buyer, named, some_buyers, tracked
from catalog_service.tests.conftest import UNAUTHORIZED

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CART),
        ("DELETE", CART),
        ("POST", ITEMS),
        ("PATCH", f"{ITEMS}/1"),
        ("DELETE", f"{ITEMS}/1"),
    ],
)
async def test_a_stranger_has_no_cart(stranger: httpx2.AsyncClient, method: str, path: str) -> None:
    response = await stranger.request(method, path)

    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_whoever_never_added_anything_has_an_empty_cart(anna: Buyer) -> None:
    assert await anna.cart() == {"lines": [], "total": 0, "currency": "RUB"}


async def test_products_are_shown_in_the_order_of_adding_with_their_prices(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)
    cup = await tracked("Cup", price=900, quantity=7)

    response = await anna.add((cup, 2), (tea, 1))

    assert response.status_code == 200
    assert response.json() == await anna.cart()
    assert response.json() == {
        "lines": [
            {
                "product_id": cup.id,
                "name": "Cup",
                "price_when_added": 900,
                "price": 900,
                "quantity": 2,
                "is_active": True,
                "available": 7,
                "line_total": 1800,
            },
            {
                "product_id": tea.id,
                "name": "Tea",
                "price_when_added": 250,
                "price": 250,
                "quantity": 1,
                "is_active": True,
                "available": None,
                "line_total": 250,
            },
        ],
        "total": 2050,
        "currency": "RUB",
    }


async def test_a_cart_is_kept_out_of_every_cache(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)
    answers = [
        await anna.add((tea, 1)),
        await anna.client.get(CART),
        await anna.client.delete(CART),
    ]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert not any("gateway-cache-control" in answer.headers for answer in answers)


async def test_what_is_added_again_has_more_pieces_and_its_old_place(anna: Buyer) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]

    await anna.add((tea, 1), (cup, 1))
    await anna.add((tea, 2))

    assert list((await anna.quantities()).items()) == [(tea.id, 3), (cup.id, 1)]


async def test_a_product_that_one_request_names_twice_adds_up(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)

    await anna.add((tea, 1), (tea, 2))

    assert await anna.quantities() == {tea.id: 3}


async def test_one_piece_is_what_is_meant_when_nothing_is_said(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)

    await anna.client.post(ITEMS, json={"items": [{"product_id": tea.id}]})

    assert await anna.quantities() == {tea.id: 1}


async def test_the_price_at_adding_and_the_price_now_are_both_shown(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=250)
    await anna.add((tea, 2))
    await Product.filter(id=tea.id).update(price=300)

    [line] = (await anna.cart())["lines"]
    assert (line["price_when_added"], line["price"], line["line_total"]) == (250, 300, 600)
    await anna.client.patch(f"{ITEMS}/{tea.id}", json={"quantity": 3})
    [line] = (await anna.cart())["lines"]
    assert (line["price_when_added"], line["line_total"]) == (250, 900)
    await anna.add((tea, 1))
    [line] = (await anna.cart())["lines"]
    assert line["price_when_added"] == 300


async def test_what_is_not_for_sale_any_more_is_marked_and_left_out_of_the_total(
    anna: Buyer,
) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]
    await anna.add((tea, 1), (cup, 1))
    await Product.filter(id=tea.id).update(is_active=False)

    cart = await anna.cart()

    shown = [(line["is_active"], line["line_total"]) for line in cart["lines"]]
    assert (shown, cart["total"]) == ([(False, 0), (True, 10)], 10)


async def test_everyone_has_a_cart_of_their_own(app: FastAPI, anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)
    await anna.add((tea, 1))

    async with some_buyers(app, 1) as [boris]:
        assert await boris.quantities() == {}
        await boris.client.delete(f"{ITEMS}/{tea.id}")
        await boris.client.delete(CART)

    assert await anna.quantities() == {tea.id: 1}


async def test_nothing_is_added_when_one_product_is_not_for_sale(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)
    hidden = await Product.create(name="Old tea", price=10, is_active=False)
    unknown = Product(id=2**53 - 1, name="x", price=1)

    response = await anna.add((tea, 1), (hidden, 1), (unknown, 1))

    assert response.status_code == 404
    assert named(response, "product_not_found").keys() == {
        f"products.{hidden.id}",
        f"products.{unknown.id}",
    }
    assert await anna.quantities() == {}


async def test_nothing_is_added_when_a_line_gets_too_long(anna: Buyer) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]
    await anna.add((tea, 999))

    response = await anna.add((cup, 1), (tea, 1))

    assert response.status_code == 409
    assert named(response, "too_many_pieces") == {
        f"products.{tea.id}": "1000 wanted, at most 999 allowed"
    }
    assert await anna.quantities() == {tea.id: 999}


async def test_a_cart_holds_two_hundred_products(anna: Buyer) -> None:
    products = [await Product.create(name=f"Tea {number}", price=1) for number in range(201)]

    assert (await anna.add(*[(product, 1) for product in products[:200]])).status_code == 200
    response = await anna.add((products[200], 1))

    assert (response.status_code, response.json()["error"]) == (409, "cart_full")
    assert len(await anna.quantities()) == 200


async def test_a_cart_comes_to_no_more_than_every_client_can_count(anna: Buyer) -> None:
    dear = await Product.create(name="Tea", price=2**53 - 1)

    assert (await anna.add((dear, 1))).json()["total"] == 2**53 - 1
    response = await anna.client.patch(f"{ITEMS}/{dear.id}", json={"quantity": 2})

    assert (response.status_code, response.json()["error"]) == (409, "cart_total_too_large")
    assert await anna.quantities() == {dear.id: 1}


async def test_a_quantity_can_be_changed(anna: Buyer) -> None:
    tea, cup = [await Product.create(name=name, price=10) for name in ("Tea", "Cup")]
    await anna.add((tea, 5), (cup, 1))

    response = await anna.client.patch(f"{ITEMS}/{tea.id}", json={"quantity": 2})

    assert (response.status_code, response.json()) == (200, await anna.cart())
    assert await anna.quantities() == {tea.id: 2, cup.id: 1}


async def test_the_quantity_of_what_is_not_in_the_cart_cannot_be_changed(anna: Buyer) -> None:
    tea = await Product.create(name="Tea", price=10)

    response = await anna.client.patch(f"{ITEMS}/{tea.id}", json={"quantity": 2})

    assert (response.status_code, response.json()["error"]) == (404, "not_in_cart")


async def test_products_are_taken_out_singly_or_all_together_and_as_often_as_one_likes(
    anna: Buyer,
) -> None:
    tea, cup, pot = [await Product.create(name=name, price=10) for name in ("Tea", "Cup", "Pot")]
    await anna.add((tea, 1), (cup, 1), (pot, 1))

    for _ in range(2):
        assert (await anna.client.delete(f"{ITEMS}/{tea.id}")).status_code == 204
        assert await anna.quantities() == {cup.id: 1, pot.id: 1}
    for _ in range(2):
        assert (await anna.client.delete(CART)).status_code == 204
        assert await anna.quantities() == {}
    assert await CartLine.all().count() == 0


async def test_a_cart_takes_nothing_out_of_the_stock(anna: Buyer) -> None:
    cup = await tracked("Cup", quantity=3)

    await anna.add((cup, 999))

    assert (await ProductStock.get(product_id=cup.id)).quantity == 3
    assert (await anna.cart())["lines"][0]["available"] == 3
