"""Recipients over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import AddressesHere, MailingWriter, not_stored
from mailing_service.errors import RecipientExists, RecipientNotFound
from mailing_service.recipients import service
from mailing_service.recipients.paths import ONE
from mailing_service.recipients.schemas import (
    RecipientCreate,
    RecipientPage,
    RecipientQuery,
    RecipientRead,
    RecipientUpdate,
)
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

RECIPIENTS = "/api/v1/recipients"

router = APIRouter(
    prefix=RECIPIENTS,
    tags=["recipients"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

RecipientId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The recipient's id.")]
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}}
}


@router.get("")
async def list_recipients(
    writer: MailingWriter, query: Annotated[RecipientQuery, Query()], cursors: CursorsHere
) -> RecipientPage:
    """List your recipients, the newest first; `q` finds words of a name, or an address's start."""
    return await service.list_recipients(query, owner_id=writer.user_id, cursors=cursors)


@router.post("", status_code=201, responses={**problems(*BODY, RecipientExists), **_CREATED})
async def create_recipient(
    writer: MailingWriter, recipient: RecipientCreate, hasher: AddressesHere, response: Response
) -> RecipientRead:
    """Add a recipient; of each address there is one."""
    created = await service.create_recipient(recipient, owner_id=writer.user_id, hasher=hasher)
    response.headers["Location"] = f"{RECIPIENTS}/{created.id}"
    return created


@router.get(ONE, responses=problems(RecipientNotFound))
async def read_recipient(recipient_id: RecipientId, writer: MailingWriter) -> RecipientRead:
    """Show a recipient of your own."""
    return await service.read_recipient(recipient_id, owner_id=writer.user_id)


@router.patch(ONE, responses=problems(*BODY, RecipientNotFound, RecipientExists))
async def change_recipient(
    recipient_id: RecipientId,
    update: RecipientUpdate,
    writer: MailingWriter,
    hasher: AddressesHere,
) -> RecipientRead:
    """Change a recipient. A suppression stays with the address, not with the recipient."""
    return await service.change_recipient(
        recipient_id, update, owner_id=writer.user_id, hasher=hasher
    )


@router.delete(ONE, status_code=204, responses=problems(RecipientNotFound))
async def delete_recipient(recipient_id: RecipientId, writer: MailingWriter) -> None:
    """Remove a recipient from your recipients, lists and mailings that have not begun."""
    await service.delete_recipient(recipient_id, owner_id=writer.user_id)
