"""The message, lists and recipients that a mailing is made of: only one's own can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mailing_service.errors import ChosenNotFound
from mailing_service.models.mailings import Mailing, MailingList, MailingRecipient
from mailing_service.models.messages import Message
from mailing_service.models.recipients import Recipient, RecipientList
from shared.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists and recipients of a mailing, by their ids in order."""

    lists: list[int]
    recipients: list[int]


async def choices_of(mailing_id: int) -> Choices:
    """Return what of the chosen is still there."""
    lists = await MailingList.filter(mailing_id=mailing_id).order_by("list_id")
    recipients = await MailingRecipient.filter(mailing_id=mailing_id).order_by("recipient_id")
    return Choices([one.list_id for one in lists], [one.recipient_id for one in recipients])


async def choose_lists(mailing: Mailing, ids: Sequence[int]) -> int:
    """Replace the lists of a mailing, and return how many; raises ChosenNotFound."""
    chosen = sorted(set(ids))
    own = RecipientList.filter(owner_id=mailing.owner_id, id__in=chosen)
    found = {row["id"] for row in await own.values("id")}
    _refuse_missing("list_ids", [one for one in chosen if one not in found])
    await MailingList.filter(mailing_id=mailing.id).delete()
    rows = [MailingList(mailing_id=mailing.id, list_id=one) for one in chosen]
    await MailingList.bulk_create(rows)
    return len(chosen)


async def choose_recipients(mailing: Mailing, ids: Sequence[int]) -> int:
    """Replace the recipients chosen one by one, and return how many; raises ChosenNotFound."""
    chosen = sorted(set(ids))
    own = Recipient.filter(owner_id=mailing.owner_id, id__in=chosen)
    found = {row["id"] for row in await own.values("id")}
    _refuse_missing("recipient_ids", [one for one in chosen if one not in found])
    await MailingRecipient.filter(mailing_id=mailing.id).delete()
    rows = [MailingRecipient(mailing_id=mailing.id, recipient_id=one) for one in chosen]
    await MailingRecipient.bulk_create(rows)
    return len(chosen)


async def check_message(owner_id: UUID, message_id: int | None) -> None:
    """Raise ChosenNotFound unless it is a message of this owner, or none."""
    if message_id is None:
        return
    if not await Message.exists(owner_id=owner_id, id=message_id):
        raise ChosenNotFound([FieldProblem("message_id", ChosenNotFound.message)])


def _refuse_missing(field: str, missing: list[int]) -> None:
    if missing:
        problems = [FieldProblem(f"{field}.{one}", ChosenNotFound.message) for one in missing]
        raise ChosenNotFound(problems)
