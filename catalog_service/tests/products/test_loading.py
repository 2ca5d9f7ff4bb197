"""Loading many products: all of them or none, and never more in memory than a batch."""

import asyncio
from collections.abc import Iterable, Iterator

import asyncpg
import pytest

from catalog_service.editing.schemas import ProductCreate
from catalog_service.models import Product
from catalog_service.products.files import BadLine, Row
from catalog_service.products.loading import (
    BATCH,
    MAX_SHOWN,
    NothingToLoad,
    ProductsRefused,
    load_products,
)
from shared.database import UNAVAILABLE
from shared.testing.database import ServiceDatabase
from shared.testing.outage import Cable

pytestmark = pytest.mark.usefixtures("app", "empty_tables")


def products(count: int) -> Iterator[Row]:
    return (ProductCreate(name=f"Product {n}", price=n) for n in range(count))


def bad_lines(count: int) -> list[Row]:
    return [BadLine(n, "is bad") for n in range(1, count + 1)]


async def load(*rows: Iterable[Row]) -> int:
    return await load_products((row for part in rows for row in part), on_progress=lambda _: None)


async def test_all_products_arrive_as_they_were_given() -> None:
    paused = ProductCreate(name="Чай 🍵", price=2**53 - 1, is_active=False)

    assert await load([paused], products(1)) == 2

    found = await Product.all().order_by("id").values(*ProductCreate.model_fields)
    assert found == [paused.model_dump(), ProductCreate(name="Product 0", price=0).model_dump()]


async def test_products_that_arrive_together_have_one_age() -> None:
    await load(products(BATCH + 1))

    times = await Product.all().distinct().values_list("created_at", "updated_at")
    assert len(times) == 1
    assert times[0][0] == times[0][1]


async def test_no_more_than_a_batch_is_read_before_it_is_stored() -> None:
    given, told = 0, []

    def rows() -> Iterator[Row]:
        nonlocal given
        for row in products(2 * BATCH + 1):
            given += 1
            yield row

    def on_progress(read: int) -> None:
        told.append(read)
        assert given == read

    await load_products(rows(), on_progress=on_progress)

    assert told == [BATCH, 2 * BATCH, 2 * BATCH + 1]


@pytest.mark.parametrize("good_before", [0, 1, BATCH, BATCH + 1])
async def test_one_bad_line_and_nothing_is_loaded(good_before: int) -> None:
    with pytest.raises(ProductsRefused) as refusal:
        await load(products(good_before), bad_lines(1), products(BATCH))

    assert (refusal.value.lines, refusal.value.total) == ((BadLine(1, "is bad"),), 1)
    assert await Product.all().count() == 0


async def test_the_first_bad_lines_are_told_and_all_are_counted() -> None:
    bad = bad_lines(2 * BATCH)

    with pytest.raises(ProductsRefused) as refusal:
        await load(bad)

    assert list(refusal.value.lines) == bad[:MAX_SHOWN]
    assert refusal.value.total == 2 * BATCH


async def test_there_has_to_be_something_to_load() -> None:
    with pytest.raises(NothingToLoad):
        await load([])


async def test_nobody_sees_half_a_file(database: ServiceDatabase) -> None:
    seen: list[asyncio.Task[int]] = []

    async def count_from_outside() -> int:
        connection = await asyncpg.connect(database.owner_url)
        try:
            count: int = await connection.fetchval("SELECT count(*) FROM product")
            return count
        finally:
            await connection.close()

    def on_progress(read: int) -> None:
        seen.append(asyncio.create_task(count_from_outside()))

    await load_products(products(3 * BATCH), on_progress=on_progress)

    assert {await task for task in seen} <= {0, 3 * BATCH}
    assert await count_from_outside() == 3 * BATCH


async def test_a_database_lost_halfway_keeps_nothing(
    cable: Cable, database: ServiceDatabase
) -> None:
    with pytest.raises(UNAVAILABLE):
        await load_products(products(3 * BATCH), on_progress=lambda _: cable.cut())
    await cable.connect()

    assert await Product.all().count() == 0
    assert await load(products(1)) == 1


async def test_a_source_that_breaks_halfway_leaves_nothing() -> None:
    def broken() -> Iterator[Row]:
        yield from products(BATCH + 1)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await load(broken())

    assert await Product.all().count() == 0
