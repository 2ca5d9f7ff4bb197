"""Write, change, copy and remove messages; a mailing that runs keeps its own copy."""

from uuid import UUID

from tortoise.expressions import F

from mailing_service.errors import MessageNotFound
from mailing_service.fields import fields_of
from mailing_service.messages.content import Draft, prepare
from mailing_service.messages.schemas import (
    MessageCreate,
    MessagePage,
    MessageQuery,
    MessageRead,
    MessageSummary,
    MessageUpdate,
)
from mailing_service.models.messages import Message
from mailing_service.models.sending import MessageTest
from shared import clock
from shared.cursor_pages import Cursors, read_page
from shared.errors import PreconditionFailed

Seen = frozenset[int] | None
"""The revisions that the caller has seen; None where any may be changed."""
_TRIES = 5
"""Times that a change is tried again which another one came before."""


async def list_messages(query: MessageQuery, *, owner_id: UUID, cursors: Cursors) -> MessagePage:
    """Return one page of an owner's messages, the newest first."""
    within = ("owner_id", owner_id)
    page = await read_page(Message.all(), query, cursors, _summaries, within=within)
    return MessagePage.model_validate(page, from_attributes=True)


async def create_message(wanted: MessageCreate, *, owner_id: UUID) -> MessageRead:
    """Write a message; raises UnprocessableEntity for what no email can hold."""
    await prepare(Draft(wanted.subject, wanted.preheader, wanted.body))
    return show(await Message.create(owner_id=owner_id, **wanted.model_dump()))


async def read_message(message_id: int, *, owner_id: UUID) -> MessageRead:
    """Return a whole message; raises MessageNotFound."""
    return show(await find_message(message_id, owner_id=owner_id))


async def change_message(
    message_id: int, update: MessageUpdate, *, owner_id: UUID, seen: Seen
) -> MessageRead:
    """Change what `update` names; where nothing would be different, the revision stays.

    Raises MessageNotFound, PreconditionFailed, and UnprocessableEntity for what no email can hold.
    """
    values = update.model_dump(exclude_unset=True)
    chosen = Message.filter(id=message_id, owner_id=owner_id)
    for _ in range(_TRIES):
        before = await find_message(message_id, owner_id=owner_id)
        if seen is not None and before.revision not in seen:
            break
        if all(getattr(before, name) == value for name, value in values.items()):
            return show(before)
        # The whole was looked at with the rest as it was, so that revision alone is changed.
        await prepare(draft_of(before, update))
        is_changed = await chosen.filter(revision=before.revision).update(
            **values, revision=F("revision") + 1, updated_at=clock.now()
        )
        if is_changed:
            return show(await find_message(message_id, owner_id=owner_id))
    raise PreconditionFailed


async def copy_message(message_id: int, *, owner_id: UUID) -> MessageRead:
    """Write the same message again; raises MessageNotFound."""
    message = await find_message(message_id, owner_id=owner_id)
    return show(
        await Message.create(
            owner_id=owner_id,
            subject=message.subject,
            preheader=message.preheader,
            body=message.body,
            language=message.language,
        )
    )


async def delete_message(message_id: int, *, owner_id: UUID) -> None:
    """Remove a message; runs that have begun keep their copy. Raises MessageNotFound."""
    if not await Message.filter(id=message_id, owner_id=owner_id).delete():
        raise MessageNotFound


async def erase_owner(owner_id: UUID) -> None:
    """Remove all messages and test emails of an erased person, in the caller's transaction."""
    await Message.filter(owner_id=owner_id).delete()
    await MessageTest.filter(owner_id=owner_id).delete()


async def find_message(message_id: int, *, owner_id: UUID) -> Message:
    """Return one of an owner's messages; raises MessageNotFound."""
    message = await Message.get_or_none(id=message_id, owner_id=owner_id)
    if message is None:
        raise MessageNotFound
    return message


def draft_of(message: Message, update: MessageUpdate) -> Draft:
    """Return what a message would say after `update`."""
    values = {name: getattr(message, name) for name in ("subject", "preheader", "body")}
    changed = update.model_dump(exclude_unset=True, include=set(values))
    return Draft(**{**values, **changed})


def show(message: Message) -> MessageRead:
    """Return a message as its owner sees it."""
    names = {field.name for field in fields_of(message.subject, message.preheader, message.body)}
    return MessageRead.of(message, sorted(names))


def _summaries(messages: list[Message]) -> list[MessageSummary]:
    return [MessageSummary.model_validate(message) for message in messages]
