"""Carry recipients of an owner into the service and out of it, as the API does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from mailing_service.addresses import load_hasher
from mailing_service.commands.owners import find_owner
from mailing_service.orm import orm_config
from mailing_service.recipients.transfer import export_recipients, import_recipients, reader_of
from mailing_service.recipients.transfer_schemas import RecipientImportOptions
from mailing_service.settings import MailingSettings
from shared.commands.groups import command_group
from shared.commands.layout import AsJson, CommandFailed, command, print_json
from shared.database.connection import connected
from shared.transfer.formats import FileFormat, format_of, open_file

STANDARD_OUTPUT = Path("-")

commands = command_group()

Owner = Annotated[str, typer.Option(help="Whose recipients: the account's id or email.")]
Source = Annotated[
    Path, typer.Argument(help="A .csv (email,full_name,comment and custom fields) or .jsonl file.")
]
Target = Annotated[
    Path, typer.Argument(help="A .csv or .jsonl file to make, with mode 0600, or - for CSV.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file, write nothing.")]
SkipErrors = Annotated[
    bool, typer.Option("--skip-errors", help="Import the good lines; without it all or none.")
]
ListId = Annotated[int | None, typer.Option("--list", min=1, help="The id of one of their lists.")]


@command(commands, "import")
async def import_file(
    settings: MailingSettings,
    file: Source,
    *,
    owner: Owner,
    list_id: ListId = None,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = False,
    as_json: AsJson = False,
) -> None:
    """Add and change an owner's recipients from a file."""
    kind = format_of(file)
    options = RecipientImportOptions(
        format=kind, dry_run=dry_run, skip_errors=skip_errors, list_id=list_id
    )
    with open_file(file) as opened:
        async with connected(orm_config(settings)):
            report = await import_recipients(
                reader_of(opened, kind),
                owner_id=(await find_owner(owner)).id,
                hasher=await load_hasher(settings.secrets),
                options=options,
                language="en",
            )
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    for error in report.errors:
        print(f"line {error.line}: {error.message}", file=sys.stderr)
    counted = ("created", "changed", "unchanged", "refused")
    words = ", ".join(f"{getattr(report, name)} {name}" for name in counted)
    print(f"{file}: {words}{' (a dry run)' * dry_run}.")
    if report.refused and not skip_errors:
        raise CommandFailed("An import would be refused.")


@command(commands, "export")
async def export_file(
    settings: MailingSettings, file: Target, *, owner: Owner, list_id: ListId = None
) -> None:
    """Write an owner's recipients to a new file, or to standard output."""
    kind = FileFormat.CSV if file == STANDARD_OUTPUT else format_of(file)
    async with connected(orm_config(settings)):
        owner_id = (await find_owner(owner)).id
        pieces = await export_recipients(kind, owner_id=owner_id, list_id=list_id)
        with _made(file) as opened:
            async for piece in pieces:
                opened.write(piece)
            opened.flush()


@contextmanager
def _made(path: Path) -> Iterator[BinaryIO]:
    """Make a file that is there as a whole or not at all."""
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandFailed(f"{path} cannot be made: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CommandFailed(f"{path} cannot be written: {error.strerror}.") from None
        raise
