"""Lists of recipients over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import MailingWriter, not_stored
from mailing_service.errors import ListNameTaken, ListNotFound, RecipientNotFound
from mailing_service.lists import service
from mailing_service.lists.schemas import (
    ListCreate,
    ListRead,
    ListUpdate,
    RecipientListPage,
    RecipientListQuery,
)
from mailing_service.recipients.endpoints import RecipientId
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

LISTS = "/api/v1/recipient-lists"

router = APIRouter(
    prefix=LISTS,
    tags=["recipients"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

ListId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The list's id.")]
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}}
}
_MEMBER = "/{list_id}/recipients/{recipient_id}"


@router.get("")
async def list_lists(
    writer: MailingWriter, query: Annotated[RecipientListQuery, Query()], cursors: CursorsHere
) -> RecipientListPage:
    """List your lists, the newest first. Who stands in one: `GET /api/v1/recipients?list_id=`."""
    return await service.list_lists(query, owner_id=writer.user_id, cursors=cursors)


@router.post("", status_code=201, responses={**problems(*BODY, ListNameTaken), **_CREATED})
async def create_list(writer: MailingWriter, wanted: ListCreate, response: Response) -> ListRead:
    """Make an empty list."""
    created = await service.create_list(wanted, owner_id=writer.user_id)
    response.headers["Location"] = f"{LISTS}/{created.id}"
    return created


@router.get("/{list_id}", responses=problems(ListNotFound))
async def read_list(list_id: ListId, writer: MailingWriter) -> ListRead:
    """Show a list of your own."""
    return await service.read_list(list_id, owner_id=writer.user_id)


@router.patch("/{list_id}", responses=problems(*BODY, ListNotFound, ListNameTaken))
async def rename_list(list_id: ListId, update: ListUpdate, writer: MailingWriter) -> ListRead:
    """Rename a list."""
    return await service.rename_list(list_id, update, owner_id=writer.user_id)


@router.delete("/{list_id}", status_code=204, responses=problems(ListNotFound))
async def delete_list(list_id: ListId, writer: MailingWriter) -> None:
    """Remove a list; its recipients stay."""
    await service.delete_list(list_id, owner_id=writer.user_id)


@router.put(_MEMBER, status_code=204, responses=problems(ListNotFound, RecipientNotFound))
async def add_to_list(list_id: ListId, recipient_id: RecipientId, writer: MailingWriter) -> None:
    """Put a recipient into a list."""
    await service.add_to_list(list_id, recipient_id, owner_id=writer.user_id)


@router.delete(_MEMBER, status_code=204, responses=problems(ListNotFound, RecipientNotFound))
async def remove_from_list(
    list_id: ListId, recipient_id: RecipientId, writer: MailingWriter
) -> None:
    """Take a recipient out of a list; they stay a recipient."""
    await service.remove_from_list(list_id, recipient_id, owner_id=writer.user_id)
