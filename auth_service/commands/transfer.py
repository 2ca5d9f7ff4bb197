"""Carry accounts from one system to another."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

from auth_service.actor import OPERATOR
from auth_service.administration.exporting import export_users
from auth_service.administration.importing import (
    MAX_LINE_LENGTH,
    ImportRefused,
    Report,
    import_users,
)
from auth_service.commands.running import CommandFailed, database, runs
from auth_service.settings import AuthSettings

_STANDARD = "-"


def add_to(commands: Any) -> None:
    """Offer `export-users` and `import-users`."""
    exporting = commands.add_parser("export-users", help=_export.__doc__)
    exporting.add_argument("file", nargs="?", default=_STANDARD, help="made with mode 0600")
    runs(exporting, _export)
    importing = commands.add_parser("import-users", help=_import.__doc__)
    importing.add_argument("file", nargs="?", default=_STANDARD)
    importing.add_argument(
        "--skip-errors", action="store_true", help="import what can be, and say what cannot"
    )
    runs(importing, _import)


async def _export(arguments: Namespace, settings: AuthSettings) -> None:
    """Write all accounts as JSON lines, with their password hashes."""
    count = 0
    with _written(arguments.file) as file:
        async with database(settings):
            async for lines in export_users():
                _write(file, lines)
                count += lines.count(b"\n")
    sys.stderr.write(f"auth: {count} accounts exported\n")


async def _import(arguments: Namespace, settings: AuthSettings) -> None:
    """Add accounts from JSON lines: all or none; those that are there stay as they are."""
    with _read(arguments.file) as file:
        async with database(settings):
            try:
                report = await import_users(
                    _lines(file), actor=OPERATOR, skip_errors=arguments.skip_errors
                )
            except ImportRefused as refusal:
                _tell(refusal.report)
                raise CommandFailed(str(refusal)) from None
    _tell(report)
    print(f"auth: {report.added} accounts imported, {report.present} were there already")


def _tell(report: Report) -> None:
    for sentence in report.sentences:
        sys.stderr.write(f"auth: {sentence}\n")
    if (further := report.refused - len(report.sentences)) > 0:
        sys.stderr.write(f"auth: {further} further lines cannot be used\n")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long only as much as shows that it is."""
    while line := file.readline(MAX_LINE_LENGTH + 1):
        end = line
        while end and not end.endswith(b"\n"):
            end = file.readline(MAX_LINE_LENGTH)
        yield line


@contextmanager
def _read(name: str) -> Iterator[BinaryIO]:
    if name == _STANDARD:
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")  # noqa: PTH123, SIM115 - closed below
    except OSError as error:
        raise CommandFailed(f"{name} cannot be read: {error.strerror}.") from None
    with file:
        yield file


@contextmanager
def _written(name: str) -> Iterator[FileIO]:
    """Give a new file that its owner alone may read: it holds password hashes.

    If it cannot be written to its end, it is removed.
    """
    if name == _STANDARD:
        with FileIO(os.dup(sys.stdout.fileno()), "w") as standard_output:
            yield standard_output
        return
    try:
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandFailed(f"{name} cannot be made: {error.strerror}.") from None
    with FileIO(descriptor, "w") as file:
        try:
            yield file
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _write(file: FileIO, lines: bytes) -> None:
    rest = memoryview(lines)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise CommandFailed(f"the export cannot be written: {error.strerror}.") from None
