"""Take recipients over from a file: all of them or none, or the good lines of it.

A recipient is known by the address. What is there already and the same is not touched, so a file
may come twice. A line changes a recipient, and never a suppression.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import BinaryIO
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from mailing_service.addresses import AddressHasher
from mailing_service.errors import ImportOutrun, ImportRefused, ListNotFound
from mailing_service.models.recipients import Recipient, RecipientList
from mailing_service.recipients.batches import RecipientBatches
from mailing_service.recipients.transfer_schemas import (
    RecipientImportOptions,
    RecipientImportReport,
    RecipientLine,
)
from shared.language.translation import Sentence
from shared.transfer.exporting import BATCH, Rows, export_rows
from shared.transfer.formats import FileFormat
from shared.transfer.importing import ImportJob
from shared.transfer.reading import FileReader, Layout, optional_text
from shared.transfer.text_lines import WINDOWS_1251

_TRIES = 3
_COLUMNS = Sentence("email and perhaps full_name, comment and custom fields like city")
_EXPORTED = ("email", "full_name", "comment", "custom_fields")


def reader_of(file: BinaryIO, kind: FileFormat) -> FileReader[RecipientLine]:
    """Return what reads the recipients of `file`; a file that is no UTF-8 is windows-1251."""
    layout: Callable[[], Layout[RecipientLine]] = partial(
        Layout,
        schema=RecipientLine,
        columns=_COLUMNS,
        cells={"full_name": optional_text, "comment": optional_text},
        others_into="custom_fields",
        fallback=WINDOWS_1251,
    )
    return FileReader(file, kind, layout)


async def import_recipients(
    reader: FileReader[RecipientLine],
    *,
    owner_id: UUID,
    hasher: AddressHasher,
    options: RecipientImportOptions,
    language: str,
) -> RecipientImportReport:
    """Add and change recipients in one transaction; report what came of each line.

    Raises ListNotFound, ImportOutrun where others add the same addresses again and again, and
    ImportRefused where a line is bad that is not to be skipped, after a look at all lines.
    """
    await _check_list(options.list_id, owner_id)

    async def take_all() -> ImportJob[RecipientLine]:
        batches = RecipientBatches(owner_id, hasher, list_id=options.list_id)
        job = ImportJob(
            batches.take,
            dry_run=options.dry_run,
            skip_errors=options.skip_errors,
            unique="email",
            language=language,
        )
        await job.take_all(reader.rows())
        return job

    job = await (take_all() if options.dry_run else _write(take_all))
    return RecipientImportReport(**job.outcome, encoding=reader.encoding)


async def _check_list(list_id: int | None, owner_id: UUID) -> None:
    if list_id is not None:
        chosen = RecipientList.filter(id=list_id, owner_id=owner_id)
        if not await chosen.exists():
            raise ListNotFound


async def _write(
    take_all: Callable[[], Awaitable[ImportJob[RecipientLine]]],
) -> ImportJob[RecipientLine]:
    for _ in range(_TRIES):
        try:
            async with in_transaction():
                job = await take_all()
                if job.is_refused:
                    raise ImportRefused(job.refused_lines)
        except (IntegrityError, DeadlockDetectedError):
            continue  # somebody added the same address meanwhile
        return job
    raise ImportOutrun


async def export_recipients(
    kind: FileFormat, *, owner_id: UUID, list_id: int | None
) -> AsyncIterator[bytes]:
    """Return an owner's recipients, or those of a list, as a file that an import reads.

    Raises ListNotFound.
    """
    await _check_list(list_id, owner_id)
    names = await _field_names(owner_id) if kind is FileFormat.CSV else []

    async def rows_after(recipient_id: int | None) -> Rows:
        chosen = Recipient.filter(owner_id=owner_id, id__gt=recipient_id or 0)
        if list_id is not None:
            chosen = chosen.filter(memberships__list_id=list_id)
        rows = await chosen.order_by("owner_id", "id").limit(BATCH).values("id", *_EXPORTED)
        return [{**row["custom_fields"], **row} for row in rows]

    columns = (*_EXPORTED[:-1], *names)
    return await export_rows(rows_after, RecipientLine, kind, columns=columns)


async def _field_names(owner_id: UUID) -> Sequence[str]:
    """Return the names of all custom fields of an owner, by looking at all recipients."""
    names: set[str] = set()
    last = 0
    while True:
        chosen = Recipient.filter(owner_id=owner_id, id__gt=last).order_by("owner_id", "id")
        rows = await chosen.limit(BATCH).values_list("id", "custom_fields")
        if not rows:
            return sorted(names)
        names.update(*(fields for _, fields in rows))
        last = rows[-1][0]
