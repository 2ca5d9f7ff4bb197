"""What an owner does with a mailing, as HTTP shows it."""

from fastapi import APIRouter, Depends, Response

from mailing_service.dependencies import Settings, not_stored
from mailing_service.errors import NothingToRetry, OwnerBlocked, WindowOver
from mailing_service.idempotency.key_header import (
    KEY_PARAMETER,
    REPLAYED_HEADER,
    IdempotencyKeyHeader,
)
from mailing_service.mailings import commands, submitting
from mailing_service.mailings.endpoints import SUBMITTED, replayable
from mailing_service.mailings.paths import (
    ALLOWED,
    BODY,
    ETAG,
    MAILINGS,
    MOVED,
    OUTDATED,
    MailingId,
    Owner,
    with_etag,
)
from mailing_service.mailings.schemas import MailingRead, RetryRequest
from shared.errors import PreconditionFailed
from shared.http.preconditions import IfMatch
from shared.http.problems import problems

router = APIRouter(
    prefix=MAILINGS,
    tags=["mailings"],
    dependencies=[Depends(not_stored)],
    responses={**problems(*ALLOWED), 200: {"headers": ETAG}},
)


@router.post(
    "/{mailing_id}/submit",
    response_model=MailingRead,
    responses={
        **problems(*MOVED, PreconditionFailed, *SUBMITTED),
        200: {"headers": {**ETAG, **REPLAYED_HEADER}},
    },
    openapi_extra={"parameters": [KEY_PARAMETER]},
)
async def submit_mailing(
    mailing_id: MailingId,
    owner: Owner,
    if_match: IfMatch,
    key: IdempotencyKeyHeader,
    settings: Settings,
) -> Response:
    """Submit a draft: it waits for a manager's approval, or for its time."""
    done = await submitting.submit_mailing(
        mailing_id, by=owner, tags=if_match, key=key, settings=settings
    )
    return replayable(done.body, is_replayed=done.is_replayed, status_code=200)


@router.post("/{mailing_id}/pause", responses=problems(*MOVED))
async def pause_mailing(mailing_id: MailingId, owner: Owner, response: Response) -> MailingRead:
    """Pause a mailing: two seconds later nothing of it is sent."""
    return with_etag(response, await commands.pause_mailing(mailing_id, by=owner))


@router.post("/{mailing_id}/resume", responses=problems(*MOVED, OwnerBlocked, *OUTDATED))
async def resume_mailing(mailing_id: MailingId, owner: Owner, response: Response) -> MailingRead:
    """Have a paused mailing go on; nobody is left out, and nobody gets it twice."""
    return with_etag(response, await commands.resume_mailing(mailing_id, by=owner))


@router.post("/{mailing_id}/finish", responses=problems(*MOVED))
async def finish_mailing(mailing_id: MailingId, owner: Owner, response: Response) -> MailingRead:
    """Finish a mailing early: what is not sent yet expires, and nothing repeats."""
    return with_etag(response, await commands.finish_mailing(mailing_id, by=owner))


@router.post(
    "/{mailing_id}/retry-failed",
    responses=problems(*BODY, *MOVED, OwnerBlocked, NothingToRetry, WindowOver, *OUTDATED),
)
async def retry_failed(
    mailing_id: MailingId, owner: Owner, response: Response, wanted: RetryRequest | None = None
) -> MailingRead:
    """Send the last run again to those it failed for, and to nobody else."""
    done = await commands.retry_failed(mailing_id, wanted or RetryRequest(), by=owner)
    return with_etag(response, done)
