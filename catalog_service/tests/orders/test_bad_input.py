"""What cannot be meant for orders is refused before anything is looked up, and named."""

from uuid import uuid4

import pytest

from catalog_service.tests.buyers import ORDERS, Buyer
from catalog_service.tests.conftest import broken_fields


@pytest.mark.parametrize("total", [-1, 2**53, 2**63, 1.0, "600", True, [], {}])
async def test_what_is_no_total_is_named(anna: Buyer, total: object) -> None:
    assert broken_fields(await anna.order(expected_total=total)) == ["expected_total"]


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"items": []}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"{}", "text/plain", 415),
    ],
)
async def test_a_body_that_says_something_else_is_refused(
    anna: Buyer, content: bytes, content_type: str, status: int
) -> None:
    headers = {"Idempotency-Key": "key", "Content-Type": content_type}

    response = await anna.client.post(ORDERS, content=content, headers=headers)

    assert response.status_code == response.json()["code"] == status


async def test_an_order_without_a_key_is_a_400(anna: Buyer) -> None:
    response = await anna.client.post(ORDERS)

    assert (response.status_code, response.json()["error"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "key", [b"", b"two words", b"x" * 256, b"\xd0\xba\xd0\xbb", b"tab\there", b"\x7f", b"null\x00"]
)
async def test_what_cannot_be_a_key_is_a_422(anna: Buyer, key: bytes) -> None:
    headers = [(b"Idempotency-Key", key)]

    assert broken_fields(await anna.client.post(ORDERS, headers=headers)) == ["Idempotency-Key"]


async def test_two_keys_are_none(anna: Buyer) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two")]

    assert broken_fields(await anna.client.post(ORDERS, headers=headers)) == ["Idempotency-Key"]


@pytest.mark.parametrize("order_id", ["1", "x", "%00", str(2**63), "-1", "null", "0" * 33, "é"])
async def test_what_cannot_be_an_order_is_named(manager: Buyer, order_id: str) -> None:
    path = f"{ORDERS}/{order_id}"

    assert broken_fields(await manager.get(path)) == ["order_id"]
    for action in ("cancel", "pay"):
        response = await manager.client.post(f"{path}/{action}")
        assert broken_fields(response) == ["order_id"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": 0}, "page"),
        ({"page": 10**9 + 1}, "page"),
        ({"size": 101}, "size"),
        ({"status": "lost"}, "status"),
        ({"status": ""}, "status"),
        ({"everyone": "maybe"}, "everyone"),
        ({"user_id": str(uuid4())}, "user_id"),
    ],
)
async def test_what_cannot_be_asked_for_is_named(
    manager: Buyer, query: dict[str, object], field: str
) -> None:
    assert broken_fields(await manager.get(ORDERS, **query)) == [field]
