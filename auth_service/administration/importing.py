"""Take over accounts from a file: all of them or none, and what is there already stays."""

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from unicodedata import category

from pydantic import ValidationError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from auth_service.actor import Actor
from auth_service.administration.accounts import Account
from auth_service.audit.service import Event, record_each
from auth_service.models import User

BATCH_SIZE = 500
"""Lines that are held in memory at a time."""
MAX_LINE_LENGTH = 16 * 1024
MAX_SENTENCES = 20
"""Mistakes that are told; of further ones there is only their number."""

Numbered = tuple[int, bytes]


@dataclass(slots=True)
class Report:
    """What came of an import; a mistake is told as `line N: what is wrong`."""

    added: int = 0
    present: int = 0
    refused: int = 0
    sentences: list[str] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        """Count a line that cannot be imported, and say why."""
        self.refused += 1
        if len(self.sentences) < MAX_SENTENCES:
            self.sentences.append(f"line {line}: {why}")


class ImportRefused(Exception):
    """Lines are in the way; `report` says which."""

    def __init__(self, report: Report) -> None:
        super().__init__("the import was broken off; what is told above is in its way.")
        self.report = report


async def import_users(lines: Iterable[bytes], *, actor: Actor, skip_errors: bool) -> Report:
    """Add the accounts that are not there yet.

    Raises ImportRefused where a line is wrong, unless such lines are to be skipped. An account
    that is there under the same email and phone is left as it is, so a file may come twice.
    """
    report = Report()
    numbered = iter(enumerate(lines, start=1))
    try:
        async with _all_or_nothing(report, skip_errors=skip_errors):
            while batch := list(islice(numbered, BATCH_SIZE)):
                async with in_transaction():
                    await _import_batch(batch, report, actor=actor)
    except IntegrityError:
        report.sentences.append("somebody registered meanwhile; import the file again")
        raise ImportRefused(report) from None
    return report


@asynccontextmanager
async def _all_or_nothing(report: Report, *, skip_errors: bool) -> AsyncIterator[None]:
    if skip_errors:
        yield
        return
    async with in_transaction():
        yield
        if report.refused:
            raise ImportRefused(report)


async def _import_batch(batch: list[Numbered], report: Report, *, actor: Actor) -> None:
    accounts = list(_parse(batch, report))
    known: dict[object, User] = {}
    for row in await _present([account for _, account in accounts]):
        known.update((name, row) for name in (row.id, row.email, row.phone))
    new: list[User] = []
    for line, account in accounts:
        names = (account.id, account.email, account.phone)
        same = [known[name] for name in names if name in known]
        if not same:
            new.append(account.to_row())
            known.update((name, new[-1]) for name in names)
        elif all((row.email, row.phone) == names[1:] for row in same):
            report.present += 1
        else:
            report.refuse(line, "id, email or phone belongs to another account")
    await User.bulk_create(new)
    await record_each(
        Event.ACCOUNT_IMPORTED,
        [user.id for user in new],
        caller=actor.caller,
        actor_id=actor.user_id,
    )
    report.added += len(new)


def _parse(batch: list[Numbered], report: Report) -> Iterator[tuple[int, Account]]:
    for number, written in batch:
        line = written.removeprefix(BOM_UTF8)  # which some editors begin a file with
        if _is_empty(line):
            continue
        if len(line) > MAX_LINE_LENGTH:
            report.refuse(number, f"is longer than {MAX_LINE_LENGTH} bytes")
            continue
        try:
            yield number, Account.model_validate_json(line)
        except ValidationError as error:
            report.refuse(number, _explain(error))


def _is_empty(line: bytes) -> bool:
    """Tell whether nobody would see anything in a line."""
    text = line[:MAX_LINE_LENGTH].decode(errors="replace")
    return all(character.isspace() or category(character) == "Cf" for character in text)


async def _present(accounts: list[Account]) -> list[User]:
    """Return all rows, archived ones too, that share an id, email or phone with one of these.

    Three queries, each by its unique index: of one with OR the plan is to read all rows.
    """
    return [
        *await User.filter(id__in=[account.id for account in accounts]),
        *await User.filter(email__in=[account.email for account in accounts]),
        *await User.filter(phone__in=[account.phone for account in accounts]),
    ]


def _explain(error: ValidationError) -> str:
    """Name the fields and what is wrong with them, without what they hold."""
    mistakes = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in mistake['loc']) or 'line'}: {mistake['msg']}"
        for mistake in mistakes
    )
