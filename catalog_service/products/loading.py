"""Loading many products at once: all of them, or none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from tortoise.transactions import in_transaction

from catalog_service.editing.schemas import ProductCreate
from catalog_service.models import Product
from catalog_service.products.files import BadLine, Row
from catalog_service.products.state import raise_revision

BATCH = 1000
"""Rows that go to PostgreSQL together."""
MAX_SHOWN = 50
"""Bad lines that are told one by one; the rest is counted."""


class NothingToLoad(Exception):
    """There is not a single product in it."""


class ProductsRefused(Exception):
    """Some lines hold no product, so nothing was loaded."""

    def __init__(self, lines: Sequence[BadLine], *, total: int) -> None:
        """Keep the first bad `lines` out of `total`."""
        super().__init__(lines, total)
        self.lines = tuple(lines)
        self.total = total


async def load_products(rows: Iterator[Row], *, on_progress: Callable[[int], None]) -> int:
    """Add the products of `rows` in one transaction; return how many.

    `on_progress` hears, batch by batch, how many rows were read. Raises ProductsRefused where
    one of them is bad, after a look at all, and NothingToLoad where there are none.
    """
    read, refused, active = 0, 0, 0
    shown: list[BadLine] = []
    async with in_transaction():
        while batch := list(islice(rows, BATCH)):
            bad = [row for row in batch if isinstance(row, BadLine)]
            refused += len(bad)
            shown += bad[: MAX_SHOWN - len(shown)]
            if not refused:
                await _add(row for row in batch if isinstance(row, ProductCreate))
            read += len(batch)
            on_progress(read)
            active += sum(isinstance(row, ProductCreate) and row.is_active for row in batch)
        if refused:
            raise ProductsRefused(shown, total=refused)
        if read:
            await raise_revision(activated=active)
    if not read:
        raise NothingToLoad
    return read


async def _add(products: Iterable[ProductCreate]) -> None:
    await Product.bulk_create([Product(**product.model_dump()) for product in products])


async def is_catalog_empty() -> bool:
    """Tell whether there are no products at all, not even inactive ones."""
    return not await Product.exists()
