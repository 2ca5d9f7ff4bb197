"""Errors of the catalog in the language of the client."""

import pytest

from catalog_service.models import Product
from catalog_service.tests.buyers import Buyer, named, tracked

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def reader(anna: Buyer) -> Buyer:
    """Somebody who reads Russian."""
    anna.client.headers["Accept-Language"] = "ru"
    return anna


async def test_what_is_sold_out_is_reported_with_its_numbers(reader: Buyer) -> None:
    cup = await tracked("Чашка {0}", quantity=2)
    await reader.add((cup, 3))

    response = await reader.order()

    assert response.json()["message"] == "Некоторых товаров не хватает."
    assert named(response, "not_enough_stock") == {
        f"products.{cup.id}": "«Чашка {0}»: нужно 3, осталось 2"
    }


async def test_what_is_wrong_with_a_query_is_reported(reader: Buyer) -> None:
    response = await reader.get("/api/v1/products", sort="colour", price_min="1.5", page="0")

    assert named(response, "validation_failed") == {
        "page": "Должно быть не меньше 1",
        "price_min": "Должно быть целое число, записанное обычными цифрами",
        "sort": "Допустимые значения: 'name', '-name', 'price', '-price', 'created_at' или"
        " '-created_at'",
    }


async def test_an_order_that_is_paid_says_so(reader: Buyer) -> None:
    order = await reader.ordered((await Product.create(name="Tea", price=1), 1))
    await reader.move(order, "cancel")

    assert named(await reader.move(order, "cancel"), "order_not_cancellable") == {
        "status": "Заказ отменён"
    }
