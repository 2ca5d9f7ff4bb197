"""Write the deliveries of a run: one statement, whatever their number.

Who is suppressed gets a delivery, too, in the state `suppressed` and with the reason, so that a
run says of everybody it was meant for whether they got an email.
"""

from typing import Any

from pypika_tortoise.functions import Count
from pypika_tortoise.queries import AliasedQuery, QueryBuilder
from pypika_tortoise.terms import Case, Function, Star
from tortoise.connection import get_connection
from tortoise.expressions import Expression, ResolveContext, ResolveResult
from tortoise.transactions import in_transaction

from mailing_service.deliveries.counting import open_counts
from mailing_service.expressions import returned, typed
from mailing_service.mailings.reach.recipients_query import chosen, query_class, with_suppressions
from mailing_service.mailings.status import runs
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, MailingStatus, Run
from mailing_service.models.recipients import Recipient
from mailing_service.models.sending import SendingState
from shared import clock
from shared.database.statements import Rows, Slot, Statement

_LONGEST = 60
"""Seconds that PostgreSQL may take to write deliveries; no request may take as long."""
_IN_TRANSACTION = True
"""What set_config sets is as before when the transaction ends."""


async def fill(run_id: int) -> bool:
    """Write the deliveries of a run that has none yet, unless another process does."""
    async with in_transaction():
        empty = Run.filter(id=run_id, started_at=None, finished_at=None)
        run = await empty.select_for_update(skip_locked=True).first()
        if run is None:
            return False
        await SendingState.annotate(limit=_StatementTimeout()).get(id=1).values("limit")
        await _WRITE.fetch(_long, run_id=run.id, mailing_id=run.mailing_id, owner_id=run.owner_id)
        counts = await _count(run.id)
        await open_counts(run.id, **counts)
        mailing = await Mailing.select_for_update().get(id=run.mailing_id)
        is_running = mailing.status is MailingStatus.RUNNING
        await Run.filter(id=run.id).update(
            started_at=clock.now(),
            total=sum(counts.values()),
            is_sending=is_running and not runs.is_quiet(mailing),
        )
    return True


async def _count(run_id: int) -> dict[str, int]:
    rows = await _COUNT.fetch(returned, run_id=run_id)
    return {row["state"]: int(row["deliveries"]) for row in rows}


async def _long(text: str, values: list[Any]) -> Rows:
    """Run a statement in the open transaction; our side, too, may wait for it longer than usual."""
    connection: Any = get_connection("default")
    rows: Rows = await connection._connection.fetch(text, *values, timeout=_LONGEST)
    return rows


def _write() -> QueryBuilder:
    """Return the INSERT in the order of the recipients: rows of an index lie side by side then.

    Nothing is written twice, as each recipient is there once, and the run is locked.
    """
    deliveries, recipients = Delivery.get_table(), Recipient.get_table()
    places, each = AliasedQuery("places"), AliasedQuery("each")
    in_order = query_class().from_(places).select(places.recipient_id).distinct()
    query = (
        query_class()
        .with_(chosen(Slot("mailing_id")), "places")
        .with_(in_order.orderby(places.recipient_id), "each")
        .into(deliveries)
        .from_(each)
        .join(recipients)
        .on(recipients.id == each.recipient_id)
    )
    query, reason = with_suppressions(query, recipients)
    state = (
        Case()
        .when(reason.isnull(), DeliveryState.PENDING.value)
        .else_(DeliveryState.SUPPRESSED.value)
    )
    values: dict[str, Any] = {
        "run_id": typed("run_id", "bigint"),
        "mailing_id": typed("mailing_id", "bigint"),
        "owner_id": recipients.owner_id,
        "recipient_id": recipients.id,
        "email": recipients.email,
        "email_hash": recipients.email_hash,
        "domain": Function("split_part", recipients.canonical_email, "@", 2),
        "state": state,
        "state_reason": reason,
    }
    query = query.columns(*values).where(recipients.owner_id == Slot("owner_id"))
    written: QueryBuilder = query.select(*values.values())
    return written


def _count_by_state() -> QueryBuilder:
    table = Delivery.get_table()
    rows = query_class().from_(table).where(table.run_id == Slot("run_id")).groupby(table.state)
    counted: QueryBuilder = rows.select(table.state, Count(Star()).as_("deliveries"))
    return counted


_WRITE = Statement(_write)
_COUNT = Statement(_count_by_state)


class _StatementTimeout(Expression):
    """Sets how long a statement may take, until the transaction ends."""

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        """Return the call."""
        del resolve_context
        return ResolveResult(
            term=Function("set_config", "statement_timeout", f"{_LONGEST}s", _IN_TRANSACTION)
        )
