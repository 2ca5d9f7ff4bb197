"""Importing: what comes of each line, and all of it or nothing."""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from catalog_service.errors import ImportRefused, ImportRunning
from catalog_service.models import Product
from catalog_service.tests import shell
from catalog_service.tests.product_admin.state import State, stored_state
from catalog_service.tests.transfer.files import counts, numbered, take, teas
from catalog_service.transfer.importing import import_products
from catalog_service.transfer.schemas import ImportOptions, ImportReport, ProductLine
from shared.database.connection import UNAVAILABLE
from shared.errors import FieldProblem
from shared.transfer.importing import BATCH, MAX_TOLD
from shared.transfer.rows import BadLine, Row
from testing.database import ServiceDatabase
from testing.outage import Cable

pytestmark = pytest.mark.usefixtures("app", "empty_tables")

BAD = BadLine(7, "is bad")
TEA = ProductLine(name="Tea", price=1)


async def stored() -> list[dict[str, Any]]:
    return await Product.all().order_by("id").values()


async def test_all_products_arrive_as_they_were_given() -> None:
    paused = ProductLine(name="Чай 🍵", price=2**53 - 1, sku="A", is_active=False)

    assert counts(await take(paused, TEA)) == (2, 0, 0, 0)

    found = await Product.all().order_by("id").values(*ProductLine.model_fields)
    assert found == [paused.model_dump(), {**TEA.model_dump(), "is_active": True}]
    assert [row["searchable"] for row in await stored()] == ["чай", "tea"]
    assert await stored_state() == State(2, 1)


async def test_products_that_arrive_together_have_one_age() -> None:
    await take(*teas(BATCH + 1))

    times = await Product.all().distinct().values_list("created_at", "updated_at")
    assert len(times) == 1
    assert times[0][0] == times[0][1]


async def test_the_same_file_twice_changes_nothing() -> None:
    await take(*teas(BATCH + 1))
    before, state = await stored(), await stored_state()

    assert counts(await take(*teas(BATCH + 1))) == (0, 0, BATCH + 1, 0)

    assert (await stored(), await stored_state()) == (before, state)


async def test_what_differs_is_changed_and_only_that() -> None:
    await take(*teas(5))
    before = await stored()
    changed = [
        ProductLine(name="Кофе", price=0, sku="TEA-0"),
        ProductLine(name="Tea 1", price=1, sku="TEA-1", is_active=False),
        *teas(4)[2:],
    ]

    assert counts(await take(*changed)) == (0, 2, 2, 0)

    after = await stored()
    assert after[2:] == before[2:]
    assert [
        (row["name"], row["searchable"], row["is_active"], row["version"]) for row in after[:2]
    ] == [
        ("Кофе", "кофе", True, 2),
        ("Tea 1", "tea 1", False, 2),
    ]
    assert all(row["updated_at"] > row["created_at"] for row in after[:2])
    assert await stored_state() == State(3, 4)


async def test_what_a_line_does_not_say_stays_as_it_is() -> None:
    await take(*teas(1, is_active=False))

    assert counts(await take(*teas(1))) == (0, 0, 1, 0)
    assert counts(await take(*teas(1, price=9))) == (0, 1, 0, 0)
    assert await stored_state() == State(3, 0)


async def test_what_has_no_sku_is_new_each_time() -> None:
    assert [counts(await take(TEA, TEA)) for _ in range(2)] == [(2, 0, 0, 0)] * 2
    assert await stored_state() == State(3, 4)


async def test_a_sku_that_comes_twice_is_an_error_in_the_later_line() -> None:
    lines = [*teas(BATCH + 1), teas(3)[2]]

    with pytest.raises(ImportRefused) as refusal:
        await take(*lines)

    assert refusal.value.fields == (
        FieldProblem(f"line {BATCH + 2}", "sku: An earlier line has it too"),
    )
    assert await stored() == []


@pytest.mark.parametrize("good_before", [0, 1, BATCH, BATCH + 1])
async def test_one_bad_line_and_nothing_is_imported(good_before: int) -> None:
    with pytest.raises(ImportRefused) as refusal:
        await take(*teas(good_before), BAD, TEA, TEA)

    assert refusal.value.fields == (FieldProblem("line 7", "is bad"),)
    assert (await stored(), await stored_state()) == ([], State(1, 0))


async def test_bad_lines_can_be_skipped() -> None:
    report = await take(*teas(BATCH), BAD, TEA, skip_errors=True)

    assert counts(report) == (BATCH + 1, 0, 0, 1)
    assert [(error.line, error.message) for error in report.errors] == [(7, "is bad")]
    assert await stored_state() == State(2, BATCH + 1)


@pytest.mark.parametrize("skip_errors", [False, True])
async def test_a_dry_run_reports_everything_and_writes_nothing(skip_errors: bool) -> None:
    await take(*teas(2))
    before, state = await stored(), await stored_state()

    report = await take(
        *teas(1), teas(2, price=9)[1], TEA, BAD, *teas(1), dry_run=True, skip_errors=skip_errors
    )

    assert counts(report) == (1, 1, 1, 2)
    assert [error.line for error in report.errors] == [7, 5]
    assert (await stored(), await stored_state()) == (before, state)


async def test_the_first_bad_lines_are_reported_and_all_are_counted() -> None:
    bad = [BadLine(n, "is bad") for n in range(2 * BATCH)]

    with pytest.raises(ImportRefused) as refusal:
        await take(*bad)
    report = await take(*bad, skip_errors=True)

    *told, rest = refusal.value.fields
    assert [problem.field for problem in told] == [f"line {n}" for n in range(MAX_TOLD)]
    assert rest == FieldProblem("lines", "and 1900 more bad lines")
    assert (report.refused, len(report.errors)) == (2 * BATCH, MAX_TOLD)


async def test_a_file_without_products_is_no_change() -> None:
    assert counts(await take()) == (0, 0, 0, 0)
    assert await stored_state() == State(1, 0)


async def test_no_more_than_a_batch_is_read_ahead_of_what_is_stored() -> None:
    given, told = 0, []

    def rows() -> Iterator[Row[ProductLine]]:
        nonlocal given
        for row in numbered(teas(2 * BATCH + 1)):
            given += 1
            yield row

    def on_progress(stored: int) -> None:
        told.append(stored)
        assert stored <= given <= stored + BATCH

    await import_products(rows, options=ImportOptions(), currency="RUB", on_progress=on_progress)

    assert told == [BATCH, 2 * BATCH, 2 * BATCH + 1]


async def test_nobody_sees_half_a_file(database: ServiceDatabase) -> None:
    seen: list[asyncio.Task[int]] = []

    await take(
        *teas(3 * BATCH),
        on_progress=lambda _: seen.append(asyncio.create_task(shell.count(database))),
    )

    assert {await task for task in seen} <= {0, 3 * BATCH}
    assert await shell.count(database) == 3 * BATCH


async def test_a_database_lost_at_any_moment_leaves_nothing_half_done(cable: Cable) -> None:
    await take(*teas(1))
    before = kept = await _everything()
    lines = [*teas(BATCH, price=7), *teas(BATCH + 20)[BATCH:]]

    for messages in count():
        cable.cut_after(messages)
        try:
            await asyncio.create_task(take_when_free(*lines))
        except UNAVAILABLE:
            pass
        finally:
            cable.cut()
            await cable.connect()
        kept = await asyncio.create_task(_everything())
        if kept != before:
            break

    assert messages > 5
    assert len(kept[0]) == BATCH + 20
    assert kept[1] == State(3, BATCH + 20)
    assert counts(await asyncio.create_task(take_when_free(*lines))) == (0, 0, BATCH + 20, 0)


async def take_when_free(*products: ProductLine) -> ImportReport:
    """Import as soon as PostgreSQL has noticed that the import before is gone."""
    while True:
        try:
            return await take(*products)
        except ImportRunning:
            await asyncio.sleep(0.01)


async def _everything() -> tuple[list[dict[str, Any]], State]:
    return await stored(), await stored_state()


async def test_a_source_that_breaks_halfway_leaves_nothing() -> None:
    def broken() -> Iterator[Row[ProductLine]]:
        yield from numbered(teas(BATCH + 1))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await import_products(broken, options=ImportOptions(), currency="RUB")

    assert await stored() == []
