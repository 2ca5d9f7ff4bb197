"""Take products over from a file: all of them or none, or the good lines of it.

A product is known by its sku. What is there already and the same is not touched, so a file may
come twice; what has no sku is new each time.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from catalog_service.audit.service import CatalogEvent, event_of, record
from catalog_service.errors import ImportRefused, ImportRunning, SkuTaken
from catalog_service.expressions import lock_until_end
from catalog_service.product_admin.service import sku_taken
from catalog_service.products.state import raise_revision
from catalog_service.retry import retried_after
from catalog_service.transfer.batches import ProductBatches
from catalog_service.transfer.price_samples import PriceSamples
from catalog_service.transfer.prices import currency_of
from catalog_service.transfer.schemas import ImportOptions, ImportReport, ProductLine
from shared.language.translation import DEFAULT_LANGUAGE
from shared.transfer.importing import ALONE, ImportJob, Pace
from shared.transfer.rows import Row

LOCK = 0x5649_5452
"""The advisory lock of imports: two of them would wait for each other's products."""

_COUNTED: Final = ("created", "changed", "unchanged", "refused")

_Taken = tuple[ImportJob[ProductLine], ProductBatches]


async def import_products(
    read: Callable[[], Iterator[Row[ProductLine]]],
    *,
    options: ImportOptions,
    currency: str,
    actor_id: UUID | None = None,
    language: str = DEFAULT_LANGUAGE,
    on_progress: Callable[[int], None] = lambda _: None,
    pace: Pace = ALONE,
) -> ImportReport:
    """Add and change products in one transaction; report what came of each line, in `language`.

    Without an `actor_id` a command does it. `read` begins at the first line again, should a race be
    lost; `on_progress` hears, batch by batch, how many products were read. Raises ImportRunning,
    SkuTaken where others win the race for a sku again and again, and ImportRefused where a line is
    bad that is not to be skipped, after a look at all lines.
    """

    async def take_all() -> _Taken:
        batches = ProductBatches(PriceSamples(currency_of(currency), language))
        job = ImportJob(
            batches.take,
            dry_run=options.dry_run,
            skip_errors=options.skip_errors,
            unique="sku",
            language=language,
            pace=pace,
        )
        await job.take_all(read(), on_progress)
        return job, batches

    job, batches = await (take_all() if options.dry_run else _write(take_all, actor_id))
    return ImportReport(**job.outcome, prices=batches.samples.shown())


@retried_after(DeadlockDetectedError, SkuTaken)
async def _write(take_all: Callable[[], Awaitable[_Taken]], actor_id: UUID | None) -> _Taken:
    try:
        async with in_transaction():
            if not await lock_until_end(LOCK):
                raise ImportRunning
            job, batches = await take_all()
            if job.is_refused:
                raise ImportRefused(job.refused_lines)
            if job.has_changes:
                counts = {name: job.outcome[name] for name in _COUNTED}
                event = event_of(CatalogEvent.PRODUCTS_IMPORTED, actor_id=actor_id, details=counts)
                await record(event)
                await raise_revision(activated=batches.activated)
    except IntegrityError as error:
        raise sku_taken(error) from None
    return job, batches
