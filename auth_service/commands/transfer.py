"""Carry accounts from one system to another."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from auth_service.actor import OPERATOR
from auth_service.administration.exporting import export_users
from auth_service.administration.importing import (
    ImportRefused,
    RegisteredMeanwhile,
    import_users,
    reader_of,
)
from auth_service.commands.running import database
from auth_service.settings import AuthSettings
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.transfer.schemas import ImportReport

_STANDARD = "-"


commands = command_group()

Target = Annotated[str, typer.Argument(help="Made with mode 0600.")]
Source = Annotated[str, typer.Argument(help="JSON lines, as export-users writes them.")]
SkipErrors = Annotated[
    bool, typer.Option("--skip-errors", help="Import what can be, and say what cannot.")
]


@command(commands, "export-users")
async def export_accounts(settings: AuthSettings, file: Target = _STANDARD) -> None:
    """Write all accounts as JSON lines, with their password hashes."""
    count = 0
    with _written(file) as opened:
        async with database(settings):
            async for lines in await export_users():
                _write(opened, lines)
                count += lines.count(b"\n")
    sys.stderr.write(f"auth: {count} accounts exported\n")


@command(commands, "import-users")
async def import_accounts(
    settings: AuthSettings, file: Source = _STANDARD, *, skip_errors: SkipErrors = False
) -> None:
    """Add accounts from JSON lines: all or none; those that are there stay as they are."""
    with _read(file) as opened:
        async with database(settings):
            try:
                report = await import_users(
                    reader_of(opened).rows, actor=OPERATOR, skip_errors=skip_errors
                )
            except ImportRefused as refusal:
                _print_errors(refusal.report)
                raise CommandFailed(str(refusal)) from None
            except RegisteredMeanwhile as failure:
                raise CommandFailed(str(failure)) from None
    _print_errors(report)
    print(f"auth: {report.created} accounts imported, {report.unchanged} were there already")


def _print_errors(report: ImportReport) -> None:
    for error in report.errors:
        sys.stderr.write(f"auth: line {error.line}: {error.message}\n")
    if (further := report.refused - len(report.errors)) > 0:
        sys.stderr.write(f"auth: {further} further lines cannot be used\n")


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
