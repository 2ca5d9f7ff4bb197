"""What managers decide about mailings; the queue is `GET /api/v1/mailings`.

Its parameters are `everyone=true&status=awaiting_approval`.
"""

from fastapi import APIRouter, Depends, Response

from mailing_service.dependencies import CurrentCaller, Moderator, not_stored
from mailing_service.errors import OwnerBlocked, OwnMailing, WindowOver
from mailing_service.mailings.paths import (
    ALLOWED,
    BODY,
    ETAG,
    MAILINGS,
    MOVED,
    OUTDATED,
    MailingId,
    with_etag,
)
from mailing_service.mailings.schemas import MailingRead
from mailing_service.moderation import service
from mailing_service.moderation.schemas import Refusal
from shared.errors import PreconditionFailed
from shared.http.preconditions import IfMatch
from shared.http.problems import problems

router = APIRouter(
    prefix=MAILINGS,
    tags=["moderation"],
    dependencies=[Depends(not_stored)],
    responses={**problems(*ALLOWED), 200: {"headers": ETAG}},
)


@router.post(
    "/{mailing_id}/approve",
    responses=problems(*MOVED, OwnMailing, OwnerBlocked, WindowOver, PreconditionFailed, *OUTDATED),
)
async def approve_mailing(
    mailing_id: MailingId,
    manager: Moderator,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> MailingRead:
    """Approve a mailing of somebody else as it is: the message, whom it goes to, and its window.

    If-Match makes sure that it is still what you have read.
    """
    shown = await service.approve_mailing(mailing_id, manager=manager, tags=if_match, caller=caller)
    return with_etag(response, shown)


@router.post("/{mailing_id}/reject", responses=problems(*BODY, *MOVED, PreconditionFailed))
async def reject_mailing(
    mailing_id: MailingId,
    refusal: Refusal,
    manager: Moderator,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> MailingRead:
    """Reject a mailing, and say why; its owner may change it and submit it again."""
    shown = await service.reject_mailing(
        mailing_id, refusal.reason, manager=manager, tags=if_match, caller=caller
    )
    return with_etag(response, shown)


@router.post("/{mailing_id}/disable", responses=problems(*BODY, *MOVED))
async def disable_mailing(
    mailing_id: MailingId,
    refusal: Refusal,
    manager: Moderator,
    caller: CurrentCaller,
    response: Response,
) -> MailingRead:
    """Disable a mailing for good, and say why; its owner may copy it."""
    shown = await service.disable_mailing(
        mailing_id, refusal.reason, manager=manager, caller=caller
    )
    return with_etag(response, shown)
