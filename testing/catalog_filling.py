"""A shop full of products, loaded as fast as PostgreSQL takes them; benchmarks use it too."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from shared.values.words import searchable

COMMON, RARE = "чайник", "самоцвет"
"""A word of a tenth of all names, and one of every ten-thousandth."""
_OTHERS = ("кружка", "тарелка", "ботинки", "куртка", "лампа", "стол", "рюкзак", "shoes", "table")
_KINDS = (COMMON, *_OTHERS)
_LOOKS = ("синий", "красный", "зелёный", "белый", "чёрный", "большой", "тёплый", "лёгкий")
_COLUMNS = ("name", "searchable", "price", "is_active", "created_at", "updated_at")
_EVERY_RARE = 10_000


async def fill(url: str, count: int) -> None:
    """Add `count` products, a tenth of them inactive, to an empty migrated catalog."""
    connection = await asyncpg.connect(url)
    try:
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'product'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        for name, _ in indexes:
            await connection.execute(f'DROP INDEX "{name}"')
        await connection.copy_records_to_table("product", records=_rows(count), columns=_COLUMNS)
        for _, definition in indexes:
            await connection.execute(definition)
        await connection.execute(
            "UPDATE catalog_state SET active_products ="
            " (SELECT count(*) FROM product WHERE is_active)"
        )
        await connection.execute("VACUUM ANALYZE product")
    finally:
        await connection.close()


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(20261121)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(count):
        name = f"{chance.choice(_LOOKS)} {chance.choice(_KINDS)} {number}"
        if number % _EVERY_RARE == _EVERY_RARE // 2:
            name += f" {RARE}"
        at = first + timedelta(seconds=30 * number)
        price = chance.randrange(100, 10_000_000)
        yield name, searchable(name, 400), price, number % 10 != 3, at, at
