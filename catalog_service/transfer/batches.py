"""Products of a file on their way into the catalog, a batch at a time."""

from collections.abc import Sequence

from catalog_service.errors import SkuTaken
from catalog_service.models import Product
from catalog_service.product_admin.rows import Values, differs, lock_products, store_changes
from catalog_service.transfer.price_samples import PriceSamples
from catalog_service.transfer.schemas import ProductLine
from shared.transfer.importing import BatchResult
from shared.transfer.rows import GoodLine

Change = tuple[Product, Values]


class ProductBatches:
    """Finds out what batches of lines change, and changes it; `activated` counts what is for sale.

    `samples` notes the prices of all good lines.
    """

    def __init__(self, samples: PriceSamples) -> None:
        self.activated = 0
        self.samples = samples

    async def take(self, rows: Sequence[GoodLine[ProductLine]], *, writes: bool) -> BatchResult:
        """Return what comes of these lines; raises SkuTaken where a sku moved meanwhile."""
        self.samples.note(rows)
        lines = [row.value for row in rows]
        known = await _known(lines)
        new = [line for line in lines if line.sku not in known]
        wanted = [(known[line.sku], _values(line)) for line in lines if line.sku in known]
        changes = [(product, values) for product, values in wanted if differs(product, values)]
        if writes:
            await self._change(changes)
            await self._create(new)
        return BatchResult(
            created=len(new), changed=len(changes), unchanged=len(wanted) - len(changes)
        )

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
