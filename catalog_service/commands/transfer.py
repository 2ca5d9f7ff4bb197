"""Carry products into the catalog and out of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from catalog_service.models import Product
from catalog_service.orm import orm_config
from catalog_service.settings import CatalogSettings
from catalog_service.transfer.exporting import export_products
from catalog_service.transfer.importing import import_products
from catalog_service.transfer.lines import reader_of
from catalog_service.transfer.prices import PriceUnit
from catalog_service.transfer.schemas import (
    ExportOptions,
    ImportOptions,
    ImportReport,
)
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.database.connection import connected
from shared.migrating.run import one_at_a_time
from shared.transfer.formats import FileFormat, UnusableFile, format_of, open_file

DEMO = Path(__file__).parents[1] / "demo" / "products.csv"
STANDARD_OUTPUT = Path("-")


commands = command_group()

Source = Annotated[
    Path, typer.Argument(help="A .csv (name,price[,sku][,is_active]) or .jsonl file.")
]
Target = Annotated[Path, typer.Argument(help="A .csv or .jsonl file to write, or -.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file, write nothing.")]
SkipErrors = Annotated[
    bool, typer.Option("--skip-errors", help="Import the good lines; without it all or none.")
]
Unit = Annotated[
    PriceUnit | None,
    typer.Option(
        help="What whole numbers count: the smallest unit (minor, as in the API), or not (major);"
        " decimals like 199.00 need no unit."
    ),
]
Format = Annotated[FileFormat, typer.Option(help="What to write to -.")]
Inactive = Annotated[
    bool, typer.Option("--include-inactive", help="Also products that are not for sale.")
]


@command(commands, "import")
async def import_file(
    settings: CatalogSettings,
    file: Source,
    *,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = False,
    price_unit: Unit = None,
) -> None:
    """Add and change products from a file.

    A report of the lines goes to standard output, errors go to standard error.
    """
    kind = format_of(file)
    options = ImportOptions(dry_run=dry_run, skip_errors=skip_errors, price_unit=price_unit)
    with open_file(file) as opened:
        async with connected(orm_config(settings)):
            report = await import_products(
                reader_of(opened, kind, currency=settings.currency, unit=options.price_unit).rows,
                options=options,
                currency=settings.currency,
                on_progress=partial(_show_progress, "read"),
            )
    for error in report.errors:
        print(f"line {error.line}: {error.message}", file=sys.stderr)
    for read in report.prices:
        print(f"line {read.line}: {read.name}: {read.shown}")
    print(f"{file}: {_in_words(report)}{' (a dry run)' * dry_run}.")
    if report.refused and not skip_errors:
        raise CommandFailed("An import would be refused.")


@command(commands, "export")
async def export_file(
    settings: CatalogSettings,
    file: Target,
    *,
    format: Format = FileFormat.CSV,  # noqa: A002 - the name of the option
    include_inactive: Inactive = False,
) -> None:
    """Write products to a file, which is there as a whole or not at all, or to standard output."""
    kind = format if file == STANDARD_OUTPUT else format_of(file)
    options = ExportOptions(format=kind, include_inactive=include_inactive)
    lines = 0
    async with connected(orm_config(settings)):
        with _written(file) as opened:
            async for piece in await export_products(options):
                _write(opened, piece, file)
                lines += piece.count(b"\n")
                _show_progress("written", lines)


async def load_demo_products(settings: CatalogSettings) -> None:
    """Import the demo products, unless there are products, even inactive ones."""
    async with one_at_a_time(settings.database_url), connected(orm_config(settings)):
        if await Product.exists():
            print("There are products already: no demo products loaded.")
            return
        with open_file(DEMO) as file:
            report = await import_products(
                reader_of(file, FileFormat.CSV, currency=settings.currency).rows,
                options=ImportOptions(),
                currency=settings.currency,
            )
    print(f"Loaded {report.created} demo products.")


def _in_words(report: ImportReport) -> str:
    return (
        f"{report.created} created, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.refused} refused"
    )


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    part = path.with_name(f"{path.name}.part")
    try:
        opened = part.open("wb")
    except OSError as error:
        raise UnusableFile(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with opened as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(file: BinaryIO, piece: bytes, path: Path) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise UnusableFile(f"{path} cannot be written: {error.strerror}.") from None


def _show_progress(verb: str, count: int) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{count} lines {verb}", end=end, file=sys.stderr, flush=True)
