"""Messages over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import MailingWriter, not_stored
from mailing_service.errors import (
    AccountsOutdated,
    MessageNotFound,
    MessageTestNotFound,
    NoVerifiedAddress,
    OwnerBlocked,
    RecipientNotFound,
    TooManyMessageTests,
)
from mailing_service.messages import service, testing
from mailing_service.messages.preview import preview, preview_unsaved
from mailing_service.messages.schemas import (
    MessageCreate,
    MessagePage,
    MessageQuery,
    MessageRead,
    MessageTestRead,
    MessageUpdate,
    Preview,
    PreviewRequest,
    UnsavedPreviewRequest,
)
from shared.errors import PreconditionFailed, ServiceUnavailable
from shared.http.preconditions import IfMatch
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems
from shared.language.translation import language_of

MESSAGES = "/api/v1/messages"

router = APIRouter(
    prefix=MESSAGES,
    tags=["messages"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

MessageId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The message's id.")]
_ETAG: dict[str, Any] = {
    "ETag": {"description": "The message's revision.", "schema": {"type": "string"}}
}
_LOCATION: dict[str, Any] = {
    "Location": {"description": "Where it is.", "schema": {"type": "string"}}
}
_CREATED: dict[int | str, dict[str, Any]] = {201: {"headers": {**_ETAG, **_LOCATION}}}
_ASKED: dict[int | str, dict[str, Any]] = {202: {"headers": _LOCATION}}
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"headers": _ETAG}}


@router.get("")
async def list_messages(
    writer: MailingWriter, query: Annotated[MessageQuery, Query()], cursors: CursorsHere
) -> MessagePage:
    """List your messages, the newest first."""
    return await service.list_messages(query, owner_id=writer.user_id, cursors=cursors)


@router.post("", status_code=201, responses={**problems(*BODY), **_CREATED})
async def create_message(
    writer: MailingWriter, message: MessageCreate, response: Response
) -> MessageRead:
    """Write a message.

    Fields like `{{full_name}}` or `{{city|your city}}` may stand in subject, preheader and body,
    and in the query of a link. Anything else in braces is refused.
    """
    created = await service.create_message(message, owner_id=writer.user_id)
    response.headers["Location"] = f"{MESSAGES}/{created.id}"
    return _tagged(created, response)


@router.post("/preview", responses=problems(*BODY, RecipientNotFound))
async def preview_unsaved_message(
    wanted: UnsavedPreviewRequest, writer: MailingWriter, request: Request
) -> Preview:
    """Show a message that is not stored as one of your recipients would get it.

    It needs no subject yet. The HTML is for a sandboxed frame without scripts.
    """
    return await preview_unsaved(
        wanted,
        owner_id=writer.user_id,
        settings=request.app.state.settings,
        reader_language=language_of(request.headers.raw),
    )


@router.get("/{message_id}", responses={**problems(MessageNotFound), **_SHOWN})
async def read_message(
    message_id: MessageId, writer: MailingWriter, response: Response
) -> MessageRead:
    """Show a message of your own."""
    return _tagged(await service.read_message(message_id, owner_id=writer.user_id), response)


@router.patch(
    "/{message_id}",
    responses={**problems(*BODY, MessageNotFound, PreconditionFailed), **_SHOWN},
)
async def change_message(
    message_id: MessageId,
    update: MessageUpdate,
    writer: MailingWriter,
    if_match: IfMatch,
    response: Response,
) -> MessageRead:
    """Change a message, with If-Match only the revision that one has seen.

    Mailings that run go on with what they began with; one that is approved asks again.
    """
    seen = None if if_match is None else _revisions(if_match)
    changed = await service.change_message(message_id, update, owner_id=writer.user_id, seen=seen)
    return _tagged(changed, response)


@router.delete("/{message_id}", status_code=204, responses=problems(MessageNotFound))
async def delete_message(message_id: MessageId, writer: MailingWriter) -> None:
    """Remove a message; mailings that run are not stopped by it."""
    await service.delete_message(message_id, owner_id=writer.user_id)


@router.post(
    "/{message_id}/copy", status_code=201, responses={**problems(MessageNotFound), **_CREATED}
)
async def copy_message(
    message_id: MessageId, writer: MailingWriter, response: Response
) -> MessageRead:
    """Write the same message again."""
    copied = await service.copy_message(message_id, owner_id=writer.user_id)
    response.headers["Location"] = f"{MESSAGES}/{copied.id}"
    return _tagged(copied, response)


@router.post("/{message_id}/preview", responses=problems(*BODY, MessageNotFound, RecipientNotFound))
async def preview_message(
    message_id: MessageId, wanted: PreviewRequest, writer: MailingWriter, request: Request
) -> Preview:
    """Show a message as one of your recipients would get it, with changes that are not stored.

    Both parts come as texts of JSON. The HTML is for a sandboxed frame without scripts.
    """
    return await preview(
        message_id,
        wanted,
        owner_id=writer.user_id,
        settings=request.app.state.settings,
        reader_language=language_of(request.headers.raw),
    )


@router.post(
    "/{message_id}/test",
    status_code=202,
    responses={
        **problems(
            *BODY,
            MessageNotFound,
            RecipientNotFound,
            NoVerifiedAddress,
            OwnerBlocked,
            TooManyMessageTests,
            ServiceUnavailable,
            AccountsOutdated,
        ),
        **_ASKED,
    },
)
async def send_test_email(
    message_id: MessageId, wanted: PreviewRequest, writer: MailingWriter, response: Response
) -> MessageTestRead:
    """Send a message to your own verified address, as a preview shows it.

    A worker sends it a moment later, and it counts in your daily quota; `Location` is where to see
    what became of it.
    """
    test = await testing.send_test(message_id, wanted, owner_id=writer.user_id)
    response.headers["Location"] = f"{MESSAGES}/{message_id}/tests/{test.id}"
    return test


@router.get("/{message_id}/tests/{test_id}", responses=problems(MessageTestNotFound))
async def read_test_email(
    message_id: MessageId,
    test_id: Annotated[int, Path(ge=1, le=2**53 - 1, description="The test email's id.")],
    writer: MailingWriter,
) -> MessageTestRead:
    """Show what became of a test email of yours."""
    return await testing.read_test(message_id, test_id, owner_id=writer.user_id)


def _tagged(message: MessageRead, response: Response) -> MessageRead:
    response.headers["ETag"] = f'"{message.revision}"'
    return message


def _revisions(tags: frozenset[str]) -> frozenset[int]:
    numbers = (tag.strip('"') for tag in tags)
    return frozenset(int(number) for number in numbers if number.isascii() and number.isdigit())
