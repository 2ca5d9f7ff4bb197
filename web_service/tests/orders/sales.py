"""What the catalog says of orders, for tests."""

from uuid import UUID

ORDER_ID = UUID("8b5b52ea-0a0b-4a4b-9d3a-3a1f0a4c2f11")


def order(**changes: object) -> dict[str, object]:
    """Return an order of two pieces."""
    sold = {"product_id": 17, "name": "Tea 17", "price": 10000, "quantity": 2, "line_total": 20000}
    return {
        "id": str(ORDER_ID),
        "user_id": "0d2a2b36-2a63-4f5e-9d44-6c6ad9a1b1a7",
        "buyer_name": None,
        "status": "placed",
        "cancel_reason": None,
        "total": 20000,
        "currency": "RUB",
        "created_at": "2026-11-21T09:30:00.123456Z",
        "updated_at": "2026-11-21T09:30:00.123456Z",
        "lines": [sold],
        **changes,
    }


def orders(*found: dict[str, object], **changes: object) -> dict[str, object]:
    """Return a page of orders."""
    return {
        "items": list(found),
        "total": len(found),
        "page": 1,
        "size": 20,
        "pages": 1,
        "total_is_capped": False,
        **changes,
    }
