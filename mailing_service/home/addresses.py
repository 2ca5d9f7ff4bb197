"""How many different addresses all owners have: exact, and without a full count.

The addresses are counted by the first byte of their hash, and a count is kept for each. Who adds or
removes recipients marks the bytes that this touches, in the same transaction (by triggers), and
waits for nobody. So a count without a mark is right in every snapshot of the database, and where
there is a mark the index is counted instead. `recount` keeps the new counts and takes the marks
away; a worker does it every few seconds.
"""

from datetime import timedelta
from typing import Any, Final

from pypika_tortoise.functions import Count, Sum
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Bracket, Case
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from mailing_service.models.recipients import AddressChange, AddressCount, Recipient
from shared.database.statements import Statement, fetch, primary

INTERVAL: Final = timedelta(seconds=10)
"""How often a worker counts what is marked."""


async def count_addresses() -> int:
    """Return how many there are now."""
    [found] = await _TOTAL.rows()
    return int(found["addresses"])


async def recount() -> None:
    """Keep the counts of the bytes that are marked; what another worker counts is left to it.

    The marks go before the addresses are counted: who commits between the two leaves a mark that
    this does not see.
    """
    marked = await AddressChange.all().distinct().values_list("first_byte", flat=True)
    if not marked:
        return
    async with in_transaction():
        counts = AddressCount.filter(first_byte__in=marked).order_by("first_byte")
        own = [each.first_byte for each in await counts.select_for_update(skip_locked=True)]
        if own:
            await AddressChange.filter(first_byte__in=own).delete()
            await fetch(_counted_anew(own), primary)


def _total() -> QueryBuilder:
    counts, changes = AddressCount.get_table(), AddressChange.get_table()
    marked = _query_class().from_(changes).select(changes.first_byte)
    one = Case().when(counts.first_byte.isin(marked), _in_the_index()).else_(counts.addresses)
    total: QueryBuilder = _query_class().from_(counts).select(Sum(one).as_("addresses"))
    return total


def _counted_anew(first_bytes: list[int]) -> QueryBuilder:
    counts = AddressCount.get_table()
    update = _query_class().update(counts).set(counts.addresses, Bracket(_in_the_index()))
    some: QueryBuilder = update.where(counts.first_byte.isin(first_bytes))
    return some


def _in_the_index() -> QueryBuilder:
    """Count the hashes of a byte, for a query of address_counts: an index has them in order."""
    counts, recipients = AddressCount.get_table(), Recipient.get_table()
    of_a_byte: QueryBuilder = (
        _query_class()
        .from_(recipients)
        .select(Count(recipients.email_hash).distinct())
        .where(recipients.email_hash.between(counts.lowest, counts.highest))
    )
    return of_a_byte


def _query_class() -> Any:
    return get_connection("default").query_class


_TOTAL = Statement(_total)
