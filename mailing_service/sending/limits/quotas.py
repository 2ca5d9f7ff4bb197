"""The daily quota of owners (UTC days): reserved before an email is sent, given back if it is not.

Administrators have none, so their mailings lock no row here.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.terms import Parameter
from tortoise.connection import get_connection

from mailing_service.models.sending import OwnerDay


async def reserve(wanted: Mapping[UUID, int], day: date, *, quota: int) -> Counter[UUID]:
    """Return how many emails each owner may send, and count them; part of a transaction.

    A negative number gives emails back.
    """
    if not any(wanted.values()):
        return Counter()
    owners = sorted(wanted)
    await OwnerDay.bulk_create(
        (OwnerDay(owner_id=owner, day=day) for owner in owners), ignore_conflicts=True
    )
    rows = OwnerDay.filter(owner_id__in=owners, day=day).order_by("owner_id")
    days = await rows.select_for_update(no_key=True)
    granted = Counter(
        {row.owner_id: min(wanted[row.owner_id], max(quota - row.emails, 0)) for row in days}
    )
    changes = [[by, owner, day] for owner, by in sorted(granted.items()) if by]
    if changes:
        await get_connection("default").execute_many(_add(), changes)
    return granted


@cache
def _add() -> str:
    table = OwnerDay._meta.basetable
    query = PostgreSQLQuery.update(table).set("emails", table.emails + Parameter("$1"))
    query = query.where((table.owner_id == Parameter("$2")) & (table.day == Parameter("$3")))
    return query.get_sql()
