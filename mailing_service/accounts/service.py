"""Accounts as auth's feed brings them; who may no longer write mailings is returned."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from mailing_service.models.accounts import Account, AccountPosition
from shared import clock
from shared.account_feed.batches import AccountState, Batch

LAST_TOKEN = timedelta(minutes=20)
"""So long after an erasure somebody may still act with a token of before."""

_WRITTEN = (
    "full_name",
    "email",
    "language",
    "time_zone",
    "roles",
    "is_blocked",
    "erased_at",
    "to_clear",
    "cleared_at",
    "copy_number",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """Who may write mailings no longer, by a batch of the feed."""

    blocked: Collection[UUID]
    erased: Collection[UUID]


async def find(owner_id: UUID) -> Account | None:
    """Return an account; None where the feed has not brought it yet, and after its erasure."""
    return await Account.get_or_none(id=owner_id, erased_at=None)


async def is_known(owner_id: UUID) -> bool:
    """Tell whether there is such an account, and it is not blocked."""
    return await Account.filter(id=owner_id, erased_at=None, is_blocked=False).exists()


async def are_current(max_age: timedelta) -> bool:
    """Tell whether all accounts are there, and as they were no longer ago than that."""
    known = AccountPosition.filter(copied_at__not_isnull=True)
    return await known.filter(news_at__gte=clock.now() - max_age).exists()


async def write(batch: Batch) -> Ended:
    """Write a batch of the feed in the caller's transaction, and return whom it ends.

    The rows of whom it ends are locked, so a mailing that is being started comes before or after.
    """
    kept = [one for one in batch.accounts if not one.is_erased]
    blocked = await _newly_blocked(one.id for one in kept if not one.is_active)
    if kept:
        rows = [_row(one, batch.copy_number) for one in kept]
        await Account.bulk_create(rows, on_conflict=("id",), update_fields=_WRITTEN)
    gone = [one.id for one in batch.accounts if one.is_erased]
    if batch.completes_copy:
        missing = Account.filter(erased_at=None).exclude(copy_number=batch.copy_number)
        gone += await _ids(missing)
    return Ended(blocked, await _erase(gone))


async def next_to_clear() -> UUID | None:
    """Return an erased person whose traces are to be removed.

    The first time is as soon as may be, the second when no token of theirs is good any more.
    """
    account = await _to_clear(clock.now()).order_by("erased_at").first()
    return account.id if account is not None else None


@asynccontextmanager
async def clearing(owner_id: UUID) -> AsyncIterator[bool]:
    """Have a person's traces removed in this transaction; False where another process does it."""
    async with in_transaction():
        now = clock.now()
        due = _to_clear(now).filter(id=owner_id)
        account = await due.select_for_update(skip_locked=True).first()
        yield account is not None
        if account is not None and account.erased_at is not None:
            is_last = account.erased_at < now - LAST_TOKEN
            await Account.filter(id=account.id).update(cleared_at=now, to_clear=not is_last)


def _to_clear(now: datetime) -> QuerySet[Account]:
    is_due = Q(Q(cleared_at=None), Q(erased_at__lt=now - LAST_TOKEN), join_type=Q.OR)
    return Account.filter(is_due, to_clear=True)


async def _newly_blocked(ids: Iterable[UUID]) -> list[UUID]:
    wanted = set(ids)
    if not wanted:
        return []
    before = Account.filter(id__in=wanted, is_blocked=True, erased_at=None)
    return sorted(wanted.difference(await _ids(before)))


async def _erase(ids: Collection[UUID]) -> list[UUID]:
    """Take personal data off these accounts; return those that were not erased before."""
    if not ids:
        return []
    unseen = [Account(id=one) for one in ids]  # of whom something may be here all the same
    await Account.bulk_create(unseen, ignore_conflicts=True)
    there = Account.filter(id__in=list(ids), erased_at=None).order_by("id").select_for_update()
    erased = [account.id for account in await there]
    await Account.filter(id__in=erased).update(
        full_name="", email=None, roles=[], erased_at=clock.now(), to_clear=True
    )
    return erased


async def _ids(accounts: QuerySet[Account]) -> list[UUID]:
    return [row["id"] for row in await accounts.values("id")]


def _row(state: AccountState, copy_number: int) -> Account:
    return Account(
        id=state.id,
        full_name=state.full_name,
        email=state.email,
        language=state.language,
        time_zone=state.time_zone,
        roles=list(state.roles),
        is_blocked=not state.is_active,
        copy_number=copy_number,
    )
