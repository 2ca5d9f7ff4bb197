"""Imports beside imports, and beside whatever else changes products."""

import asyncio
from collections.abc import Iterator

import pytest

from catalog_service.errors import ImportRunning
from catalog_service.models import Product
from catalog_service.product_admin import service
from catalog_service.product_admin.bulk import change_products
from catalog_service.product_admin.schemas import BulkRequest, ProductCreate, ProductUpdate
from catalog_service.tests.product_admin.state import State, really_active, stored_state
from catalog_service.tests.transfer.files import counts, numbered, take, teas
from catalog_service.transfer.importing import import_products
from catalog_service.transfer.schemas import ImportOptions, ImportReport, ProductLine
from shared.transfer.importing import BATCH
from shared.transfer.rows import Row

pytestmark = pytest.mark.usefixtures("app", "empty_tables")


class Paused:
    """An import that waits after its first batch until it is let go on."""

    def __init__(self, products: list[ProductLine]) -> None:
        self._products = products
        self._loop = asyncio.get_running_loop()
        self._arrived, self._go_on = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(
            import_products(
                self._read,
                options=ImportOptions(),
                currency="RUB",
                on_progress=lambda _: self._arrived.set(),
            )
        )

    async def arrived(self) -> None:
        await self._arrived.wait()

    async def finish(self) -> ImportReport:
        self._go_on.set()
        return await self._task

    def _read(self) -> Iterator[Row[ProductLine]]:
        for row in numbered(self._products):
            if row.number == BATCH + 1:
                asyncio.run_coroutine_threadsafe(self._go_on.wait(), self._loop).result()
            yield row


async def test_a_second_import_is_refused_while_one_is_running() -> None:
    first = Paused(teas(BATCH + 1))
    await first.arrived()

    with pytest.raises(ImportRunning):
        await take(*teas(1))
    dry = await take(*teas(1), dry_run=True)

    assert counts(dry) == (1, 0, 0, 0)
    assert counts(await first.finish()) == (BATCH + 1, 0, 0, 0)
    assert counts(await take(*teas(1))) == (0, 0, 1, 0)


async def test_two_files_with_the_same_skus_in_another_order_leave_each_once() -> None:
    lines = teas(2 * BATCH)

    outcomes = await asyncio.gather(
        *(asyncio.create_task(take(*lines[::step])) for step in (1, -1, 1, -1)),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} <= {ImportReport, ImportRunning}
    assert sum(isinstance(outcome, ImportReport) for outcome in outcomes) >= 1
    assert await Product.all().count() == 2 * BATCH
    assert await stored_state() == State(2, 2 * BATCH)


async def test_what_is_deactivated_meanwhile_is_counted_once() -> None:
    await take(*teas(2 * BATCH))
    first, last = await Product.get(sku="TEA-0"), await Product.get(sku=f"TEA-{BATCH + 1}")
    lines = teas(2 * BATCH)
    lines[BATCH + 1] = lines[BATCH + 1].model_copy(update={"is_active": False})
    importing = Paused(lines)
    await importing.arrived()

    await service.deactivate_product(first.id, seen=None, actor_id=None)
    await service.deactivate_product(last.id, seen=None, actor_id=None)

    assert counts(await importing.finish()) == (0, 0, 2 * BATCH, 0)
    assert await stored_state() == State(4, await really_active())


async def test_whoever_deactivates_what_an_import_changes_waits_and_is_counted() -> None:
    await take(*teas(2 * BATCH))
    product = await Product.get(sku="TEA-0")
    importing = Paused([*teas(1, is_active=True, price=9), *teas(2 * BATCH)[1:]])
    await importing.arrived()

    deactivation = asyncio.create_task(
        service.deactivate_product(product.id, seen=None, actor_id=None)
    )
    report = await importing.finish()
    after = await deactivation

    assert counts(report) == (0, 1, 2 * BATCH - 1, 0)
    assert (after.price, after.is_active, after.version) == (9, False, 3)
    assert await stored_state() == State(4, 2 * BATCH - 1)


async def test_a_sku_that_is_given_meanwhile_makes_the_import_begin_again() -> None:
    importing = Paused(teas(BATCH + 1))
    await importing.arrived()

    mine = ProductCreate(name="Mine", price=1, sku=f"TEA-{BATCH}")
    await service.create_product(mine, actor_id=None)

    assert counts(await importing.finish()) == (BATCH, 1, 0, 0)
    assert (await Product.get(sku=f"TEA-{BATCH}")).name == f"Tea {BATCH}"
    assert await stored_state() == State(3, BATCH + 1)


async def test_a_deadlock_with_a_bulk_change_is_begun_again() -> None:
    await take(*teas(2 * BATCH))
    first, last = await Product.get(sku="TEA-0"), await Product.get(sku=f"TEA-{2 * BATCH - 1}")
    changed = {0: teas(1, price=77)[0], BATCH: last_line(price=78)}
    lines = [changed.get(n, line) for n, line in enumerate(teas(2 * BATCH - 1))]
    importing = Paused(lines)
    await importing.arrived()

    request = BulkRequest.model_validate(
        {"change": [{"id": last.id, "price": 5}, {"id": first.id, "price": 6}]}
    )
    bulk = asyncio.create_task(change_products(request, currency="RUB", actor_id=None))
    report, answer = await asyncio.gather(importing.finish(), bulk)

    assert counts(report)[0] == 0
    assert len(answer.changed) == 2
    assert await stored_state() == State(4, 2 * BATCH)


def last_line(price: int) -> ProductLine:
    return ProductLine(name="Tea", price=price, sku=f"TEA-{2 * BATCH - 1}")


async def test_a_product_whose_sku_moved_meanwhile_is_not_taken_for_the_other() -> None:
    await take(*teas(2))
    product = await Product.get(sku="TEA-0")

    async def move() -> None:
        moved = ProductUpdate(sku="MOVED")
        await service.change_product(product.id, moved, seen=None, actor_id=None)

    reports = await asyncio.gather(take(*teas(2, price=50)), move())

    after = await Product.get(id=product.id)
    assert after.sku == "MOVED"
    assert sum(counts(reports[0])[:2]) == 2
    assert (await stored_state()).active_products == await really_active()
