"""Carry products into the catalog and out of it."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from catalog_service.models import Product
from catalog_service.orm import orm_config
from catalog_service.settings import CatalogSettings
from catalog_service.transfer.exporting import export_products
from catalog_service.transfer.files import UnusableFile, format_of, open_file, reader_of
from catalog_service.transfer.importing import import_products
from catalog_service.transfer.schemas import (
    ExportOptions,
    FileFormat,
    ImportOptions,
    ImportReport,
)
from shared.database import connected
from shared.migrate import one_at_a_time

DEMO = Path(__file__).parents[1] / "demo" / "products.csv"
STANDARD_OUTPUT = Path("-")


class LinesRefused(Exception):
    """A dry run has found bad lines."""


async def import_file(settings: CatalogSettings, arguments: Namespace) -> None:
    """Import a file; what came of its lines goes to standard output, what is wrong to the other."""
    path: Path = arguments.file
    kind = format_of(path)
    options = ImportOptions(
        dry_run=arguments.dry_run,
        skip_errors=arguments.skip_errors,
        price_unit=arguments.price_unit,
    )
    with open_file(path) as file:
        async with connected(orm_config(settings)):
            report = await import_products(
                reader_of(file, kind, currency=settings.currency, unit=options.price_unit),
                options=options,
                currency=settings.currency,
                on_progress=partial(_show_progress, "read"),
            )
    for error in report.errors:
        print(f"line {error.line}: {error.message}", file=sys.stderr)
    for read in report.prices:
        print(f"line {read.line}: {read.name}: {read.shown}")
    print(f"{path}: {_in_words(report)}{' (a dry run)' * options.dry_run}.")
    if report.refused and not options.skip_errors:
        raise LinesRefused


async def export_file(settings: CatalogSettings, arguments: Namespace) -> None:
    """Export to a file, which is there as a whole or not at all, or to standard output."""
    path: Path = arguments.file
    kind = FileFormat(arguments.format) if path == STANDARD_OUTPUT else format_of(path)
    options = ExportOptions(format=kind, include_inactive=arguments.include_inactive)
    lines = 0
    async with connected(orm_config(settings)):
        with _written(path) as file:
            async for piece in await export_products(options):
                _write(file, piece, path)
                lines += piece.count(b"\n")
                _show_progress("written", lines)


async def load_demo(settings: CatalogSettings) -> None:
    """Import the demo products, unless there are products, even inactive ones."""
    async with one_at_a_time(settings.database_url), connected(orm_config(settings)):
        if await Product.exists():
            print("There are products already: no demo products loaded.")
            return
        with open_file(DEMO) as file:
            report = await import_products(
                reader_of(file, FileFormat.CSV, currency=settings.currency),
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
