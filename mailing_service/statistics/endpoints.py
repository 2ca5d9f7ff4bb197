"""Statistics over HTTP."""

from fastapi import APIRouter, Depends

from mailing_service.deliveries.endpoints import CurrentReader, MailingId
from mailing_service.dependencies import MailingWriter, not_stored
from mailing_service.errors import MailingNotFound, MessageNotFound
from mailing_service.messages.endpoints import MessageId
from mailing_service.statistics import service
from mailing_service.statistics.schemas import RunStatistics, Statistics
from shared.http.problem_groups import VERIFIED_AND_ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1",
    tags=["statistics"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)


@router.get("/statistics")
async def read_statistics(owner: MailingWriter) -> Statistics:
    """Count the emails of all your mailings by what became of them."""
    return await service.statistics_of_owner(owner.user_id)


@router.get("/mailings/{mailing_id}/statistics", responses=problems(MailingNotFound))
async def read_mailing_statistics(mailing_id: MailingId, reader: CurrentReader) -> RunStatistics:
    """Count the emails of a mailing, as a whole, by run and by hour."""
    return await service.statistics_of_mailing(mailing_id, reader=reader)


@router.get("/messages/{message_id}/statistics", responses=problems(MessageNotFound))
async def read_message_statistics(message_id: MessageId, owner: MailingWriter) -> RunStatistics:
    """Count the emails of all runs that began with a message of yours."""
    return await service.statistics_of_message(message_id, owner_id=owner.user_id)
