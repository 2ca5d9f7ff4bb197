"""Take over accounts from a file: all of them or none, and what is there already stays."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import BinaryIO

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.accounts.lookup import refused_role
from auth_service.actor import Actor
from auth_service.administration.accounts import Account
from auth_service.audit.service import Event, record_each
from auth_service.errors import RoleNotYetAvailable
from auth_service.models import User
from shared.transfer.formats import FileFormat
from shared.transfer.importing import BatchResult, ImportJob
from shared.transfer.reading import FileReader, Layout
from shared.transfer.rows import BadLine, GoodLine, Row
from shared.transfer.schemas import ImportReport

MAX_LINE = 16 * 1024


class ImportRefused(Exception):
    """Lines are in the way; `report` says which."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("the import was broken off; the lines above are in its way.")
        self.report = report


class RegisteredMeanwhile(Exception):
    """Somebody registered with the email or phone of an account in the file."""

    def __init__(self) -> None:
        super().__init__("somebody registered meanwhile; import the file again.")


def reader_of(file: BinaryIO) -> FileReader[Account]:
    """Return what reads the accounts of `file`, whose lines are JSON objects."""
    layout = Layout(schema=Account, max_line=MAX_LINE, resumes=True)
    return FileReader(file, FileFormat.JSON_LINES, lambda: layout)


async def import_users(
    read: Callable[[], Iterator[Row[Account]]], *, actor: Actor, skip_errors: bool
) -> ImportReport:
    """Add the accounts that are not there yet.

    Raises ImportRefused where a line is wrong, unless such lines are to be skipped,
    RoleNotYetAvailable and RegisteredMeanwhile. An account that is there under the same email and
    phone is left as it is, so a file may come twice.
    """
    job = ImportJob(partial(_take, actor=actor), skip_errors=skip_errors)
    try:
        async with _all_or_nothing(job):
            await job.take_all(read())
    except IntegrityError as error:
        if isinstance(refusal := refused_role(error), RoleNotYetAvailable):
            raise refusal from None
        raise RegisteredMeanwhile from None
    return ImportReport(**job.outcome)


@asynccontextmanager
async def _all_or_nothing(job: ImportJob[Account]) -> AsyncIterator[None]:
    """Have one transaction for all batches, unless bad lines are to be skipped."""
    if job.skips_errors:
        yield
        return
    async with in_transaction():
        yield
        if job.is_refused:
            raise ImportRefused(ImportReport(**job.outcome))


async def _take(
    lines: Sequence[GoodLine[Account]], /, *, writes: bool, actor: Actor
) -> BatchResult:
    new, refused, present = await _compared(lines)
    if writes:
        async with in_transaction():
            await User.bulk_create(new)
            await record_each(
                Event.ACCOUNT_IMPORTED,
                [user.id for user in new],
                caller=actor.caller,
                actor_id=actor.user_id,
            )
    return BatchResult(created=len(new), unchanged=present, refused=refused)


async def _compared(
    lines: Sequence[GoodLine[Account]],
) -> tuple[list[User], list[BadLine], int]:
    """Return what is new, what is in the way of others, and how many are there already."""
    known: dict[object, User] = {}
    for row in await _present([line.value for line in lines]):
        known.update((name, row) for name in (row.id, row.email, row.phone))
    new: list[User] = []
    refused: list[BadLine] = []
    present = 0
    for line in lines:
        names = (line.value.id, line.value.email, line.value.phone)
        same = [known[name] for name in names if name in known]
        if not same:
            new.append(line.value.to_row())
            known.update((name, new[-1]) for name in names)
        elif all((row.email, row.phone) == names[1:] for row in same):
            present += 1
        else:
            refused.append(BadLine(line.number, "id, email or phone belongs to another account"))
    return new, refused, present


async def _present(accounts: list[Account]) -> list[User]:
    """Return all rows, archived ones too, that share an id, email or phone with one of these.

    Three queries, each by its unique index: of one with OR the plan is to read all rows.
    """
    return [
        *await User.filter(id__in=[account.id for account in accounts]),
        *await User.filter(email__in=[account.email for account in accounts]),
        *await User.filter(phone__in=[account.phone for account in accounts]),
    ]
