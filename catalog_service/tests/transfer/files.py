"""Files with products, made for a test."""

from collections.abc import Callable, Iterable, Iterator

from catalog_service.transfer.importing import import_products
from catalog_service.transfer.schemas import ImportOptions, ImportReport, ProductLine
from shared.transfer.rows import BadLine, GoodLine, Row


def teas(count: int, **values: object) -> list[ProductLine]:
    """Return products that differ by name and sku."""
    plain = ({"name": f"Tea {n}", "price": n, "sku": f"TEA-{n}"} for n in range(count))
    return [ProductLine.model_validate({**each, **values}) for each in plain]


async def take(
    *products: ProductLine | BadLine,
    dry_run: bool = False,
    skip_errors: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Import these, as if they were the lines of a file."""

    def read() -> Iterator[Row[ProductLine]]:
        return numbered(products)

    options = ImportOptions(dry_run=dry_run, skip_errors=skip_errors)
    return await import_products(read, options=options, currency="RUB", on_progress=on_progress)


def numbered(products: Iterable[ProductLine | BadLine]) -> Iterator[Row[ProductLine]]:
    for number, product in enumerate(products, start=1):
        yield GoodLine(number, product) if isinstance(product, ProductLine) else product


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Return how many were created, changed, unchanged and refused."""
    return (report.created, report.changed, report.unchanged, report.refused)
