"""Add, find, change and remove recipients."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from mailing_service.addresses import AddressHasher, canonical
from mailing_service.bounds import SEARCHABLE_LENGTH
from mailing_service.errors import RecipientExists, RecipientNotFound
from mailing_service.models.recipients import ListMember, Recipient, RecipientList
from mailing_service.recipients.schemas import (
    RecipientCreate,
    RecipientPage,
    RecipientQuery,
    RecipientRead,
    RecipientUpdate,
)
from mailing_service.recipients.searching import search_for
from mailing_service.suppressions.service import reasons_of
from shared import clock
from shared.cursor_pages import Cursors, ListPage, read_page
from shared.database.batches import delete_in_batches
from shared.values.words import searchable

_ERASED_AT_A_TIME: Final = 2000
"""Rows of one statement: PostgreSQL may work on one for seconds only."""


async def list_recipients(
    query: RecipientQuery, *, owner_id: UUID, cursors: Cursors
) -> RecipientPage:
    """Return one page of an owner's recipients, the newest first."""
    rows = Recipient.all()
    if query.list_id is not None:
        rows = rows.filter(memberships__list_id=query.list_id)
    count = None
    if query.q is not None:
        search = await search_for(query.q, owner_id=owner_id)
        rows = search.among(rows)
        if query.list_id is None:
            count = await search.count(rows.filter(owner_id=owner_id))
    page: ListPage[Recipient] = await read_page(
        rows, query, cursors, lambda found: found, within=("owner_id", owner_id), count=count
    )
    items = await _all_shown(page.items, owner_id=owner_id)
    return RecipientPage(**{**dict(page), "items": items})


async def create_recipient(
    wanted: RecipientCreate, *, owner_id: UUID, hasher: AddressHasher
) -> RecipientRead:
    """Add a recipient; raises RecipientExists."""
    values = {**wanted.model_dump(), **derived(wanted.model_dump(), hasher)}
    try:
        created = await Recipient.create(owner_id=owner_id, **values)
    except IntegrityError:
        raise RecipientExists from None
    return await _shown(created)


async def read_recipient(recipient_id: int, *, owner_id: UUID) -> RecipientRead:
    """Return a recipient; raises RecipientNotFound."""
    return await _shown(await find_recipient(recipient_id, owner_id=owner_id))


async def find_recipient(recipient_id: int, *, owner_id: UUID) -> Recipient:
    """Return one of an owner's recipients; raises RecipientNotFound."""
    recipient = await Recipient.get_or_none(id=recipient_id, owner_id=owner_id)
    if recipient is None:
        raise RecipientNotFound
    return recipient


async def change_recipient(
    recipient_id: int, update: RecipientUpdate, *, owner_id: UUID, hasher: AddressHasher
) -> RecipientRead:
    """Change what `update` names; raises RecipientNotFound and RecipientExists."""
    values = update.model_dump(exclude_unset=True)
    chosen = Recipient.filter(id=recipient_id, owner_id=owner_id)
    if values:
        changes = {**values, **derived(values, hasher), "updated_at": clock.now()}
        try:
            await chosen.update(**changes)
        except IntegrityError:
            raise RecipientExists from None
    return await read_recipient(recipient_id, owner_id=owner_id)


async def delete_recipient(recipient_id: int, *, owner_id: UUID) -> None:
    """Remove a recipient from everywhere; deliveries stay. Raises RecipientNotFound."""
    if not await Recipient.filter(id=recipient_id, owner_id=owner_id).delete():
        raise RecipientNotFound


async def erase_owner(owner_id: UUID) -> None:
    """Remove all recipients and lists of a person who is erased, in the caller's transaction."""
    members = ListMember.filter(list__owner_id=owner_id)
    await delete_in_batches(members.order_by("id"), size=_ERASED_AT_A_TIME)
    await RecipientList.filter(owner_id=owner_id).delete()
    own = Recipient.filter(owner_id=owner_id)
    await delete_in_batches(own.order_by("owner_id", "id"), size=_ERASED_AT_A_TIME)


def derived(values: dict[str, Any], hasher: AddressHasher) -> dict[str, Any]:
    """Return the columns that follow from others: the address's forms, and the name's words."""
    columns: dict[str, Any] = {}
    if "email" in values:
        address = canonical(values["email"])
        columns |= {"canonical_email": address, "email_hash": hasher.hash_of(address)}
    if "full_name" in values:
        columns["searchable"] = searchable(values["full_name"], SEARCHABLE_LENGTH)
    return columns


async def _shown(recipient: Recipient) -> RecipientRead:
    return (await _all_shown([recipient], owner_id=recipient.owner_id))[0]


async def _all_shown(rows: Sequence[Recipient], *, owner_id: UUID) -> list[RecipientRead]:
    reasons = await reasons_of((row.email_hash for row in rows), owner_id=owner_id)
    lists = await _lists_of([row.id for row in rows])
    return [
        RecipientRead.of(row, reasons.get(row.email_hash), lists.get(row.id, [])) for row in rows
    ]


async def _lists_of(recipient_ids: Sequence[int]) -> Mapping[int, list[int]]:
    members = ListMember.filter(recipient_id__in=recipient_ids).order_by("list_id")
    lists: dict[int, list[int]] = {}
    for recipient_id, list_id in await members.values_list("recipient_id", "list_id"):
        lists.setdefault(recipient_id, []).append(list_id)
    return lists
