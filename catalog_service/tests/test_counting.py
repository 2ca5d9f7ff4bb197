"""Counting stops at its cap."""

import pytest

from catalog_service.models import Product
from shared.database.counting import CappedCount, capped_count

pytestmark = pytest.mark.usefixtures("app", "empty_tables")


async def add(count: int) -> None:
    await Product.bulk_create([Product(name=f"Tea {n}", price=n) for n in range(count)])


@pytest.mark.parametrize(
    ("count", "reported"),
    [
        (0, CappedCount(0, is_capped=False)),
        (9, CappedCount(9, is_capped=False)),
        (10, CappedCount(10, is_capped=False)),
        (11, CappedCount(10, is_capped=True)),
        (50, CappedCount(10, is_capped=True)),
    ],
)
async def test_a_count_is_exact_up_to_its_cap(count: int, reported: CappedCount) -> None:
    await add(count)

    assert await capped_count(Product.all(), most=10) == reported


async def test_only_what_matches_is_counted() -> None:
    await add(30)

    matches = Product.filter(price__lt=7, searchable__startswith="tea").order_by("-price")

    assert await capped_count(matches, most=10) == CappedCount(7, is_capped=False)
