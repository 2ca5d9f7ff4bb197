"""Mailings as HTTP shows them, to their owners and to managers."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import MailingWriter, Settings, is_staff, not_stored
from mailing_service.errors import (
    ChosenNotFound,
    FieldsLacking,
    IdempotencyKeyReused,
    MailingHasNoMessage,
    NobodyToReach,
    OwnerBlocked,
    RequestInProgress,
    StatusForbids,
    TooManyRecipients,
    TooManyWaiting,
    WindowOver,
)
from mailing_service.idempotency.key_header import (
    KEY_PARAMETER,
    REPLAYED_HEADER,
    IdempotencyKeyHeader,
)
from mailing_service.mailings import changing, copying, service, submitting
from mailing_service.mailings.paths import (
    ALLOWED,
    BODY,
    ETAG,
    MAILINGS,
    ONE,
    OUTDATED,
    MailingId,
    Owner,
    with_etag,
)
from mailing_service.mailings.previewing import preview_submitted
from mailing_service.mailings.schemas import (
    MailingCreate,
    MailingPage,
    MailingQuery,
    MailingRead,
    MailingUpdate,
)
from mailing_service.messages.schemas import Preview
from shared.errors import PreconditionFailed
from shared.http.preconditions import IfMatch
from shared.http.problems import problems
from shared.language.translation import language_of

SUBMITTED = (
    OwnerBlocked,
    MailingHasNoMessage,
    WindowOver,
    FieldsLacking,
    NobodyToReach,
    TooManyRecipients,
    TooManyWaiting,
    IdempotencyKeyReused,
    RequestInProgress,
    *OUTDATED,
)
_LOCATION = {"Location": {"description": "The mailing's path.", "schema": {"type": "string"}}}

router = APIRouter(
    prefix=MAILINGS,
    tags=["mailings"],
    dependencies=[Depends(not_stored)],
    responses=problems(*ALLOWED),
)


@router.post(
    "",
    status_code=201,
    response_model=MailingRead,
    responses={
        **problems(*BODY, ChosenNotFound, *SUBMITTED),
        201: {"headers": {**_LOCATION, **ETAG, **REPLAYED_HEADER}},
    },
    openapi_extra={"parameters": [KEY_PARAMETER]},
)
async def create_mailing(
    new: MailingCreate, owner: Owner, key: IdempotencyKeyHeader, settings: Settings
) -> Response:
    """Write a mailing and submit it; with `draft` it is kept for later.

    Inside its window it starts as soon as it may, before it it waits for its time.
    """
    done = await submitting.create_mailing(new, by=owner, key=key, settings=settings)
    return replayable(done.body, is_replayed=done.is_replayed, status_code=201)


@router.get("")
async def list_mailings(
    reader: MailingWriter, query: Annotated[MailingQuery, Query()], cursors: CursorsHere
) -> MailingPage:
    """List your mailings, the newest first; managers may list everybody's."""
    return await service.list_mailings(query, cursors, reader=reader, is_staff=is_staff(reader))


@router.get("/{mailing_id}", responses={**problems(*ONE), 200: {"headers": ETAG}})
async def read_mailing(
    mailing_id: MailingId, reader: MailingWriter, response: Response
) -> MailingRead:
    """Show a mailing of your own; a manager sees any, with the message as it was submitted."""
    shown = await service.read_mailing(mailing_id, reader=reader, is_staff=is_staff(reader))
    return with_etag(response, shown)


@router.get(
    "/{mailing_id}/preview",
    responses=problems(*ONE, MailingHasNoMessage),
)
async def preview_mailing(
    mailing_id: MailingId, reader: MailingWriter, settings: Settings, request: Request
) -> Preview:
    """Show the message of a mailing as it was submitted, for a recipient who does not exist.

    The HTML is for a sandboxed frame without scripts.
    """
    return await preview_submitted(
        mailing_id,
        reader=reader,
        is_staff=is_staff(reader),
        settings=settings,
        reader_language=language_of(request.headers.raw),
    )


@router.patch(
    "/{mailing_id}",
    responses={
        **problems(*BODY, *ONE, ChosenNotFound, PreconditionFailed, StatusForbids),
        200: {"headers": ETAG},
    },
)
async def change_mailing(
    mailing_id: MailingId,
    change: MailingUpdate,
    owner: Owner,
    if_match: IfMatch,
    response: Response,
) -> MailingRead:
    """Change a mailing that does not run yet; it is a draft after that, to be submitted again."""
    shown = await changing.change_mailing(
        mailing_id,
        change,
        owner=owner.principal,
        is_staff=owner.is_staff,
        tags=if_match,
        caller=owner.caller,
    )
    return with_etag(response, shown)


@router.delete("/{mailing_id}", status_code=204, responses=problems(*ONE, PreconditionFailed))
async def delete_mailing(mailing_id: MailingId, owner: Owner, if_match: IfMatch) -> None:
    """Delete a mailing; a running one is finished first. Managers see what was submitted."""
    await copying.delete_mailing(mailing_id, by=owner, tags=if_match)


@router.post(
    "/{mailing_id}/copy",
    status_code=201,
    responses={**problems(*ONE), 201: {"headers": {**_LOCATION, **ETAG}}},
)
async def copy_mailing(mailing_id: MailingId, owner: Owner, response: Response) -> MailingRead:
    """Write a draft like a mailing of yours, whatever became of that."""
    copied = await copying.copy_mailing(mailing_id, by=owner)
    response.headers["Location"] = f"{MAILINGS}/{copied.id}"
    return with_etag(response, copied)


def replayable(body: str, *, is_replayed: bool, status_code: int) -> Response:
    """Return a response that its key may have been given before."""
    shown = json.loads(body)
    headers = {"Cache-Control": "no-store", "ETag": service.etag(shown["revision"])}
    if status_code == 201:  # noqa: PLR2004 - Created, and where
        headers["Location"] = f"{MAILINGS}/{shown['id']}"
    if is_replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(body, status_code=status_code, headers=headers, media_type="application/json")
