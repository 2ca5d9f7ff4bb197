"""What the catalog says was sold, for tests."""

NONE = {"placed": 0, "paid": 0, "cancelled": 0}
DAYS: dict[str, object] = {
    "first_day": "2026-11-20",
    "last_day": "2026-11-21",
    "time_zone": "Europe/Moscow",
    "currency": "RUB",
    "days": [
        {"day": "2026-11-20", "orders": NONE, "totals": NONE},
        {
            "day": "2026-11-21",
            "orders": {"placed": 1, "paid": 1200, "cancelled": 3},
            "totals": {"placed": 5050, "paid": 123456700, "cancelled": 99},
        },
    ],
}


def products(*names: str) -> dict[str, object]:
    """Return the sums of products with these names."""
    sold = [
        {"product_id": n, "name": name, "orders": 3, "pieces": 1000 - n, "total": 777700 - n}
        for n, name in enumerate(names, 1)
    ]
    return {**DAYS, "days": None, "products": sold}
