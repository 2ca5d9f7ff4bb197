"""Recipients who lack a value that a message needs: one of its fields that has no default."""

from functools import cache
from typing import Final

from pypika_tortoise.functions import Coalesce, Count
from pypika_tortoise.queries import AliasedQuery, QueryBuilder
from pypika_tortoise.terms import Function, Star, Term

from mailing_service.expressions import typed
from mailing_service.fields import EMAIL, FULL_NAME, needed_names
from mailing_service.mailings.reach.recipients_query import chosen, query_class, with_suppressions
from mailing_service.models.mailings import Mailing
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient
from shared.database.statements import Slot, Statement

_NEVER_MISSING: Final = frozenset({EMAIL})


async def lacking(mailing: Mailing) -> dict[str, int]:
    """Return how many whom `mailing` reaches have no value of a field, by its name.

    Only fields are named that somebody lacks and that have no default.
    """
    message = await Message.get_or_none(id=mailing.message_id)
    if message is None:
        return {}
    needed = needed_names(message.subject, message.preheader, message.body) - _NEVER_MISSING
    counts: dict[str, int] = {}
    for name in sorted(needed):
        statement = _lacking_name() if name == FULL_NAME else _lacking_field()
        values = {} if name == FULL_NAME else {"field": name}
        [row] = await statement.rows(mailing_id=mailing.id, **values)
        if row["recipients"]:
            counts[name] = int(row["recipients"])
    return counts


@cache
def _lacking_name() -> Statement:
    return Statement(lambda: _counted(Recipient.get_table().full_name))


@cache
def _lacking_field() -> Statement:
    def build() -> QueryBuilder:
        fields = Recipient.get_table().custom_fields
        value = Function("jsonb_extract_path_text", fields, typed("field", "text"))
        return _counted(Coalesce(value, ""))

    return Statement(build)


def _counted(value: Term) -> QueryBuilder:
    places, recipients = AliasedQuery("places"), Recipient.get_table()
    each = query_class().from_(places).select(places.recipient_id).distinct()
    rows = (
        query_class()
        .with_(chosen(Slot("mailing_id")), "places")
        .with_(each, "each")
        .from_(AliasedQuery("each"))
        .join(recipients)
        .on(recipients.id == AliasedQuery("each").recipient_id)
    )
    joined, reason = with_suppressions(rows, recipients)
    counted: QueryBuilder = joined.where(reason.isnull() & (value == "")).select(
        Count(Star()).as_("recipients")
    )
    return counted
