"""The state of sending over HTTP, for managers."""

from fastapi import APIRouter, Depends

from mailing_service.dependencies import Moderator, Settings, not_stored
from mailing_service.mail_server import service
from mailing_service.mail_server.schemas import Sending
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems

router = APIRouter(
    prefix="/api/v1",
    tags=["mail server"],
    dependencies=[Depends(not_stored)],
    responses=problems(*ALLOWED),
)


@router.get("/mail-server")
async def read_mail_server(_moderator: Moderator, settings: Settings) -> Sending:
    """Show whether the mail servers take emails, how fast they get them, and what waits."""
    return await service.show_sending(settings)
