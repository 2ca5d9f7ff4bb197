"""The lines of one file on their way into the catalog, batch by batch."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

from catalog_service.errors import SkuTaken
from catalog_service.models import Product
from catalog_service.product_admin.rows import Values, differs, lock_products, store_changes
from catalog_service.transfer.prices import Currency
from catalog_service.transfer.rows import BadLine, GoodLine, Row
from catalog_service.transfer.schemas import ImportReport, LineError, ProductLine, ReadPrice
from shared.translation import Sentence, translate

BATCH = 1000
"""Lines that go to PostgreSQL together."""
MAX_TOLD = 100
"""Refused lines that are told one by one; the rest is counted."""
FIRST_PRICES = 3
"""Prices that are shown as they were read, beside the lowest and the highest."""

Change = tuple[Product, Values]


class Work:
    """Counts what comes of each line, and does it, if that is wanted."""

    def __init__(
        self, *, writes: bool, skip_errors: bool, currency: Currency, language: str
    ) -> None:
        """Unless errors are skipped, nothing is written after the first: it will be undone.

        What is told is in `language`.
        """
        self.activated = 0
        self.is_refused = False  # also where errors are skipped
        self._currency = currency
        self._language = language
        self._first: list[GoodLine] = []
        self._lowest: GoodLine | None = None
        self._highest: GoodLine | None = None
        self._writes = writes
        self.skip_errors = skip_errors
        self._created = self._changed = self._unchanged = self._refused = 0
        self._errors: list[LineError] = []
        self._skus: set[str] = set()

    async def take_all(
        self, rows: Iterator[Row], on_progress: Callable[[int], None]
    ) -> ImportReport:
        """Take all rows, which are read beside the event loop, as that has others to serve."""
        count = 0
        while batch := await asyncio.to_thread(lambda: list(islice(rows, BATCH))):
            await self._take([row.product for row in self._good(batch)])
            count += len(batch)
            on_progress(count)
        return ImportReport(
            created=self._created,
            changed=self._changed,
            unchanged=self._unchanged,
            refused=self._refused,
            errors=self._errors,
            prices=list(self._prices()),
        )

    def _good(self, batch: list[Row]) -> Iterator[GoodLine]:
        for row in batch:
            if isinstance(row, BadLine):
                self._refuse(row.number, row.reason)
                self.is_refused |= row.refuses_all
            elif row.product.sku in self._skus:
                self._refuse(row.number, Sentence("sku: An earlier line has it too"))
            else:
                if row.product.sku is not None:
                    self._skus.add(row.product.sku)
                self._note_price(row)
                yield row

    def _refuse(self, number: int, reason: str) -> None:
        self._refused += 1
        if len(self._errors) < MAX_TOLD:
            message = translate(reason, self._language)
            self._errors.append(LineError(line=number, message=message))

    def _note_price(self, row: GoodLine) -> None:
        price = row.product.price
        if len(self._first) < FIRST_PRICES:
            self._first.append(row)
        if self._lowest is None or price < self._lowest.product.price:
            self._lowest = row
        if self._highest is None or price > self._highest.product.price:
            self._highest = row

    def _prices(self) -> Iterator[ReadPrice]:
        shown = [*self._first, *(row for row in (self._lowest, self._highest) if row is not None)]
        for row in {row.number: row for row in shown}.values():
            price = row.product.price
            yield ReadPrice(
                line=row.number,
                name=row.product.name,
                price=price,
                shown=self._currency.shown(price, self._language),
            )

    async def _take(self, lines: list[ProductLine]) -> None:
        known = await _known(lines)
        new = [line for line in lines if line.sku not in known]
        wanted = [(known[line.sku], _values(line)) for line in lines if line.sku in known]
        changes = [(product, values) for product, values in wanted if differs(product, values)]
        self._created += len(new)
        self._changed += len(changes)
        self._unchanged += len(wanted) - len(changes)
        if self._writes and not self.is_refused and (self.skip_errors or not self._refused):
            await self._change(changes)
            await self._create(new)

    async def _change(self, changes: list[Change]) -> None:
        """Change what the look at it, without a lock, found to be different."""
        locked = await lock_products(product.id for product, _ in changes)
        if any(locked[product.id].sku != product.sku for product, _ in changes):
            raise SkuTaken  # another product may have it by now
        still = [(locked[product.id], values) for product, values in changes]
        for before, after in zip(still, (await store_changes(still)).values(), strict=True):
            self.activated += after.is_active - before[0].is_active

    async def _create(self, lines: list[ProductLine]) -> None:
        products = [
            Product(
                name=line.name,
                price=line.price,
                sku=line.sku,
                is_active=line.is_active is not False,
            )
            for line in lines
        ]
        await Product.bulk_create(products)
        self.activated += sum(product.is_active for product in products)


async def _known(lines: list[ProductLine]) -> dict[str | None, Product]:
    skus = [line.sku for line in lines if line.sku is not None]
    compared = Product.filter(sku__in=skus).only("id", "name", "sku", "price", "is_active")
    return {product.sku: product for product in await compared} if skus else {}


def _values(line: ProductLine) -> Values:
    return line.model_dump(exclude={"sku"}, exclude_none=True)
