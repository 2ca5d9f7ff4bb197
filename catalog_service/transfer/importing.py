"""Take products over from a file: all of them or none, or the good lines of it.

A product is known by its sku. What is there already and the same is not touched, so a file may
come twice; what has no sku is new each time.
"""

from collections.abc import Callable, Iterator
from functools import partial

from asyncpg import DeadlockDetectedError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from catalog_service.errors import ImportRefused, ImportRunning, SkuTaken
from catalog_service.expressions import lock_until_end
from catalog_service.product_admin.service import sku_taken
from catalog_service.products.state import raise_revision
from catalog_service.repeating import repeated_after
from catalog_service.transfer.prices import currency_of
from catalog_service.transfer.rows import Row
from catalog_service.transfer.schemas import ImportOptions, ImportReport
from catalog_service.transfer.work import Work
from shared.errors import FieldProblem
from shared.translation import DEFAULT_LANGUAGE, Sentence

LOCK = 0x5649_5452
"""The advisory lock of imports: two of them would wait for each other's products."""


async def import_products(
    read: Callable[[], Iterator[Row]],
    *,
    options: ImportOptions,
    currency: str,
    language: str = DEFAULT_LANGUAGE,
    on_progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Add and change products in one transaction; tell what came of each line.

    `read` begins at the first line again, should a race be lost; `on_progress` hears, batch by
    batch, how many products were read. What is told is in `language`. Raises ImportRunning,
    SkuTaken where others win the race for a sku again and again, and ImportRefused where a line is
    bad that is not to be skipped, after a look at all lines.
    """
    work = partial(Work, currency=currency_of(currency), language=language)
    if options.dry_run:
        return await work(writes=False, skip_errors=True).take_all(read(), on_progress)
    return await _write(
        read, partial(work, writes=True, skip_errors=options.skip_errors), on_progress
    )


@repeated_after(DeadlockDetectedError, SkuTaken)
async def _write(
    read: Callable[[], Iterator[Row]],
    begin: Callable[[], Work],
    on_progress: Callable[[int], None],
) -> ImportReport:
    work = begin()
    try:
        async with in_transaction():
            if not await lock_until_end(LOCK):
                raise ImportRunning
            report = await work.take_all(read(), on_progress)
            if work.is_refused or (report.refused and not work.skip_errors):
                raise _refusal(report)
            if report.created or report.changed:
                await raise_revision(activated=work.activated)
    except IntegrityError as error:
        raise sku_taken(error) from None
    return report


def _refusal(report: ImportReport) -> ImportRefused:
    told = [FieldProblem(f"line {error.line}", error.message) for error in report.errors]
    if (more := report.refused - len(told)) > 0:
        told.append(FieldProblem("lines", Sentence("and {more} more bad lines", more=more)))
    return ImportRefused(told)
