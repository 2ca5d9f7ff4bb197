"""What the catalog says of products, for tests."""

MARKUP = "<script>alert(1)</script> {{ 77777*7 }} {% raw %} \" onmouseover='x' &amp; %(count)s"


def product(number: int = 1, **changes: object) -> dict[str, object]:
    """Return what the catalog says of a product."""
    return {
        "id": number,
        "name": f"Tea {number}",
        "sku": f"TEA-{number}",
        "price": 129900,
        "currency": "RUB",
        "created_at": "2026-11-21T09:30:00.123456Z",
        "updated_at": "2026-11-21T09:30:00.123456Z",
        "is_active": True,
        **changes,
    }


def listed(*products: dict[str, object], **changes: object) -> dict[str, object]:
    """Return a page of products."""
    return {
        "items": list(products),
        "total": len(products),
        "page": 1,
        "size": 20,
        "pages": 1,
        "total_is_capped": False,
        "ranked": False,
        "next_cursor": None,
        **changes,
    }
