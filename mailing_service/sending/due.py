"""Which runs have something due, and whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Criterion, Function, Not, ValueWrapper

from mailing_service.expressions import exists, returned, typed
from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.sending import OwnerDay, SendingState
from shared.access.tokens import Role
from shared.database.statements import Statement


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run with a delivery that may be claimed."""

    id: int
    owner_id: UUID


def is_going_on() -> Criterion:
    """Be true of runs whose emails may be sent now: of runs, mailings and accounts joined.

    Nothing may be while everything is held, and without news of accounts since `news_since`.
    """
    run, mailing, account = (model._meta.basetable for model in (Run, Mailing, Account))
    state = SendingState._meta.basetable
    unheld = PostgreSQLQuery.from_(state).select(state.id).where(state.held_at.isnull())
    criterion: Criterion = run.is_sending.eq(ValueWrapper(value=True))
    criterion &= run.finished_at.isnull() & (run.starts_at <= typed("now", "timestamptz"))
    criterion &= run.ends_at > typed("now", "timestamptz")
    criterion &= mailing.status == MailingStatus.RUNNING.value
    position = AccountPosition._meta.basetable
    news: Any = PostgreSQLQuery.from_(position).select(position.id)
    news = news.where(position.copied_at.notnull())
    news = news.where(position.news_at >= typed("news_since", "timestamptz"))
    criterion &= account.is_blocked.eq(ValueWrapper(value=False)) & account.erased_at.isnull()
    return criterion & exists(unheld) & exists(news)


def has_no_quota() -> Criterion:
    """Be true of the accounts of administrators."""
    account = Account._meta.basetable
    everybody: Criterion = typed("admin", "text") == Function("ANY", account.roles)
    return everybody


def _due() -> QueryBuilder:
    run, mailing, account = (model._meta.basetable for model in (Run, Mailing, Account))
    delivery, day = Delivery._meta.basetable, OwnerDay._meta.basetable
    pending: Any = PostgreSQLQuery.from_(delivery).select(delivery.id)
    pending = pending.where(
        (delivery.run_id == run.id) & (delivery.state == DeliveryState.PENDING.value)
    )
    pending = pending.where(delivery.next_try_at <= typed("now", "timestamptz"))
    used_up: Any = PostgreSQLQuery.from_(day).select(day.id)
    used_up = used_up.where((day.owner_id == run.owner_id) & (day.day == typed("day", "date")))
    used_up = used_up.where(day.emails >= typed("quota", "integer"))
    query = PostgreSQLQuery.from_(run).select(run.id, run.owner_id)
    query = query.join(mailing).on(mailing.id == run.mailing_id)
    query = query.join(account).on(account.id == run.owner_id)
    query = query.where(is_going_on() & exists(pending))
    found: QueryBuilder = query.where(has_no_quota() | Not(exists(used_up)))
    return found


_DUE = Statement(_due)


async def due_runs(now: datetime, *, quota: int, news_within: timedelta) -> list[DueRun]:
    """Return the runs with something to claim, of owners whose quota is not used up."""
    rows = await _DUE.fetch(
        returned,
        now=now,
        news_since=now - news_within,
        day=now.date(),
        quota=quota,
        admin=Role.ADMIN.value,
    )
    return [DueRun(row["id"], row["owner_id"]) for row in rows]


@dataclass(slots=True)
class Turns:
    """Remembers when whose turn was; who has waited longest comes next."""

    _turn: Iterable[int] = field(default_factory=lambda: count(1))
    _owners: dict[UUID, int] = field(default_factory=dict)
    _runs: dict[int, int] = field(default_factory=dict)

    def next(self, due: Iterable[DueRun], most: int) -> list[int]:
        """Return one run of each of up to `most` owners, and note their turns."""
        runs: dict[UUID, list[int]] = {}
        for run in due:
            runs.setdefault(run.owner_id, []).append(run.id)
        self._owners = {owner: self._owners.get(owner, 0) for owner in runs}
        self._runs = {run: self._runs.get(run, 0) for of in runs.values() for run in of}
        chosen = []
        for owner in sorted(runs, key=self._owners.__getitem__)[:most]:
            run_id = min(runs[owner], key=self._runs.__getitem__)
            self._owners[owner] = self._runs[run_id] = next(iter(self._turn))
            chosen.append(run_id)
        return chosen
