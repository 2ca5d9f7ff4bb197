"""How many a mailing reaches now, and why others get no email."""

from mailing_service.mailings.reach.lacking import lacking
from mailing_service.mailings.reach.recipients_query import AUDIENCE
from mailing_service.mailings.schemas import Audience
from mailing_service.models.mailings import Mailing
from mailing_service.models.suppressions import SuppressionReason


async def audience_of(mailing: Mailing, *, lists: int, recipients: int) -> Audience:
    """Count whom `mailing` reaches, in one query for all and one for each field it needs.

    `lists` and `recipients` are how many of the chosen are still there.
    """
    rows = await AUDIENCE.rows(mailing_id=mailing.id)
    people = {row["reason"]: int(row["recipients"]) for row in rows}
    times = sum(int(row["times"]) for row in rows)
    return Audience(
        reached=people.get(None, 0),
        suppressed={SuppressionReason(name): n for name, n in people.items() if name},
        duplicates=times - sum(people.values()),
        lists_gone=mailing.lists_chosen - lists,
        recipients_gone=mailing.recipients_chosen - recipients,
        lacking=await lacking(mailing),
    )


async def reached_by(mailing_id: int) -> int:
    """Return how many would get an email now."""
    rows = await AUDIENCE.rows(mailing_id=mailing_id)
    return sum(int(row["recipients"]) for row in rows if row["reason"] is None)
