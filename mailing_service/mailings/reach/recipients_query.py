"""Who a mailing goes to: its lists and the recipients chosen one by one, each of them once.

pypika puts together, from the models, what Tortoise has no word for: unions and INSERT … SELECT.
"""

from typing import Any

from pypika_tortoise.enums import Dialects
from pypika_tortoise.functions import Coalesce, Count, Sum
from pypika_tortoise.queries import AliasedQuery, QueryBuilder, Table
from pypika_tortoise.terms import Star, Term
from tortoise.connection import get_connection

from mailing_service.models.mailings import MailingList, MailingRecipient
from mailing_service.models.recipients import ListMember, Recipient
from mailing_service.models.suppressions import Suppression
from shared.database.statements import Slot, Statement


def query_class() -> Any:
    """Return pypika's query of our database's dialect."""
    return get_connection("default").query_class


def chosen(mailing: Term) -> Any:
    """Return the recipients of a mailing by their ids, once for each place where they stand."""
    lists, members = MailingList.get_table(), ListMember.get_table()
    alone = MailingRecipient.get_table()
    in_lists: Any = (
        query_class()
        .from_(lists)
        .join(members)
        .on(members.list_id == lists.list_id)
        .where(lists.mailing_id == mailing)
        .select(members.recipient_id)
    )
    one_by_one = (
        query_class().from_(alone).where(alone.mailing_id == mailing).select(alone.recipient_id)
    )
    in_lists.dialect = Dialects.POSTGRESQL  # a union writes its parameters by it, and has none
    return in_lists.union_all(one_by_one)


def with_suppressions(rows: QueryBuilder, recipients: Table) -> tuple[QueryBuilder, Term]:
    """Join what suppresses `recipients`, and return it with the reason, null where nothing does.

    The owner's own suppression comes before the one that an administrator made for all.
    """
    own = Suppression.get_table().as_("own")
    for_all = Suppression.get_table().as_("for_all")
    joined = (
        rows.left_join(own)
        .on((own.email_hash == recipients.email_hash) & (own.owner_id == recipients.owner_id))
        .left_join(for_all)
        .on((for_all.email_hash == recipients.email_hash) & for_all.owner_id.isnull())
    )
    return joined, Coalesce(own.reason, for_all.reason)


def _audience() -> QueryBuilder:
    places, each, recipients = AliasedQuery("places"), AliasedQuery("each"), Recipient.get_table()
    by_recipient = (
        query_class()
        .from_(places)
        .groupby(places.recipient_id)
        .select(places.recipient_id, Count(Star()).as_("times"))
    )
    rows = (
        query_class()
        .with_(chosen(Slot("mailing_id")), "places")
        .with_(by_recipient, "each")
        .from_(each)
        .join(recipients)
        .on(recipients.id == each.recipient_id)
    )
    joined, reason = with_suppressions(rows, recipients)
    counted: QueryBuilder = joined.groupby(reason).select(
        reason.as_("reason"), Count(Star()).as_("recipients"), Sum(each.times).as_("times")
    )
    return counted


AUDIENCE = Statement(_audience)
"""For each `reason` why recipients of `mailing_id` are suppressed, or null: how many there are, and
in how many places they stand."""
