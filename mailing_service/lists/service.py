"""Make, rename and remove lists, and put recipients into them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.functions import Count

from mailing_service.errors import ListNameTaken, ListNotFound
from mailing_service.lists.schemas import (
    ListCreate,
    ListRead,
    ListUpdate,
    RecipientListPage,
    RecipientListQuery,
)
from mailing_service.models.recipients import ListMember, RecipientList
from mailing_service.recipients.service import find_recipient
from shared import clock
from shared.cursor_pages import Cursors, ListPage, read_page


async def list_lists(
    query: RecipientListQuery, *, owner_id: UUID, cursors: Cursors
) -> RecipientListPage:
    """Return one page of an owner's lists, the newest first."""
    page: ListPage[RecipientList] = await read_page(
        RecipientList.all(), query, cursors, lambda rows: rows, within=("owner_id", owner_id)
    )
    sizes = await _sizes(row.id for row in page.items)
    items = [_show(row, sizes) for row in page.items]
    return RecipientListPage(**{**dict(page), "items": items})


async def create_list(wanted: ListCreate, *, owner_id: UUID) -> ListRead:
    """Make an empty list; raises ListNameTaken."""
    try:
        created = await RecipientList.create(owner_id=owner_id, name=wanted.name)
    except IntegrityError:
        raise ListNameTaken from None
    return await read_list(created.id, owner_id=owner_id)


async def read_list(list_id: int, *, owner_id: UUID) -> ListRead:
    """Return a list; raises ListNotFound."""
    return await _read(await find_list(list_id, owner_id=owner_id))


async def find_list(list_id: int, *, owner_id: UUID) -> RecipientList:
    """Return one of an owner's lists; raises ListNotFound."""
    found = await RecipientList.get_or_none(id=list_id, owner_id=owner_id)
    if found is None:
        raise ListNotFound
    return found


async def rename_list(list_id: int, update: ListUpdate, *, owner_id: UUID) -> ListRead:
    """Rename a list; raises ListNotFound and ListNameTaken."""
    chosen = RecipientList.filter(id=list_id, owner_id=owner_id)
    try:
        await chosen.update(name=update.name, updated_at=clock.now())
    except IntegrityError:
        raise ListNameTaken from None
    return await read_list(list_id, owner_id=owner_id)


async def delete_list(list_id: int, *, owner_id: UUID) -> None:
    """Remove a list; its recipients stay. Raises ListNotFound."""
    if not await RecipientList.filter(id=list_id, owner_id=owner_id).delete():
        raise ListNotFound


async def add_to_list(list_id: int, recipient_id: int, *, owner_id: UUID) -> None:
    """Put a recipient into a list, once; raises ListNotFound and RecipientNotFound."""
    await _find_both(list_id, recipient_id, owner_id=owner_id)
    member = ListMember(list_id=list_id, recipient_id=recipient_id)
    try:
        await ListMember.bulk_create([member], ignore_conflicts=True)
    except IntegrityError:  # one of them went meanwhile
        await _find_both(list_id, recipient_id, owner_id=owner_id)
        raise


async def remove_from_list(list_id: int, recipient_id: int, *, owner_id: UUID) -> None:
    """Take a recipient out of a list; raises ListNotFound and RecipientNotFound."""
    await _find_both(list_id, recipient_id, owner_id=owner_id)
    await ListMember.filter(list_id=list_id, recipient_id=recipient_id).delete()


async def _find_both(list_id: int, recipient_id: int, *, owner_id: UUID) -> None:
    await find_list(list_id, owner_id=owner_id)
    await find_recipient(recipient_id, owner_id=owner_id)


async def _sizes(list_ids: Iterable[int]) -> Mapping[int, int]:
    members = ListMember.filter(list_id__in=list(list_ids)).annotate(size=Count("id"))
    return dict(await members.group_by("list_id").values_list("list_id", "size"))


async def _read(row: RecipientList) -> ListRead:
    return _show(row, await _sizes([row.id]))


def _show(row: RecipientList, sizes: Mapping[int, int]) -> ListRead:
    return ListRead(
        id=row.id,
        name=row.name,
        size=sizes.get(row.id, 0),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
