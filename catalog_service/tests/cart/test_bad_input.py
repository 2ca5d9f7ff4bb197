"""What cannot be meant for a cart is refused before anything is looked up, and named."""

import pytest

from catalog_service.tests.buyers import ITEMS, Buyer
from catalog_service.tests.conftest import broken_fields


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**53, 1.0, 1.5, "1", True, None, [], "٣"])
async def test_what_is_no_quantity_is_named(anna: Buyer, quantity: object) -> None:
    body = {"items": [{"product_id": 1, "quantity": quantity}]}

    added = await anna.client.post(ITEMS, json=body)
    changed = await anna.client.patch(f"{ITEMS}/1", json={"quantity": quantity})

    assert broken_fields(added) == ["items.0.quantity"]
    assert broken_fields(changed) == ["quantity"]


@pytest.mark.parametrize("product_id", [0, -1, 2**53, 10**30, 1.0, "1", True, None, {}, "\0"])
async def test_what_is_no_product_is_named(anna: Buyer, product_id: object) -> None:
    response = await anna.client.post(ITEMS, json={"items": [{"product_id": product_id}]})

    assert broken_fields(response) == ["items.0.product_id"]


@pytest.mark.parametrize("product_id", ["0", "-1", "x", "1.0", "01", str(2**53), "%00"])
async def test_what_is_no_product_in_a_path_is_named(anna: Buyer, product_id: str) -> None:
    path = f"{ITEMS}/{product_id}"

    assert broken_fields(await anna.client.delete(path)) == ["product_id"]
    assert broken_fields(await anna.client.patch(path, json={"quantity": 1})) == ["product_id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": {}}, "items"),
        ({"items": [1]}, "items.0"),
        ({"items": [{"product_id": 1}] * 201}, "items"),
        ({"items": [{"product_id": 1, "price": 1}]}, "items.0.price"),
        ({"items": [{"product_id": 1}], "user_id": "x"}, "user_id"),
        ([], "body"),
    ],
)
async def test_what_is_no_list_of_items_is_named(anna: Buyer, body: object, field: str) -> None:
    assert broken_fields(await anna.client.post(ITEMS, json=body)) == [field]
