"""The state of sending over HTTP, for managers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from mailing_service.dependencies import Moderator, Settings, not_stored
from mailing_service.errors import (
    AccountsOutdated,
    MessageTestNotFound,
    NoMailServer,
    NoVerifiedAddress,
    OwnerBlocked,
    TooManyMessageTests,
    TooManyServerTests,
)
from mailing_service.mail_server import service, testing
from mailing_service.mail_server.schemas import Sending
from mailing_service.messages.schemas import MessageTestRead
from shared.errors import ServiceUnavailable
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems
from shared.language.translation import language_of

MAIL_SERVER = "/api/v1/mail-server"

router = APIRouter(
    prefix=MAIL_SERVER,
    tags=["mail server"],
    dependencies=[Depends(not_stored)],
    responses=problems(*ALLOWED),
)

TestId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The test email's id.")]
_ASKED: dict[int | str, dict[str, Any]] = {
    202: {"headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}}
}


@router.get("")
async def read_mail_server(_moderator: Moderator, settings: Settings) -> Sending:
    """Show whether the mail servers take emails, how fast they get them, and what waits."""
    return await service.show_sending(settings)


@router.post(
    "/test",
    status_code=202,
    responses={
        **problems(
            NoMailServer,
            NoVerifiedAddress,
            OwnerBlocked,
            TooManyMessageTests,
            TooManyServerTests,
            ServiceUnavailable,
            AccountsOutdated,
        ),
        **_ASKED,
    },
)
async def test_mail_server(
    moderator: Moderator, settings: Settings, request: Request, response: Response
) -> MessageTestRead:
    """Send a test email to your own verified address.

    A worker sends it a moment later, as all others, and it counts in your daily quota; `Location`
    is where to see what became of it. There are ten an hour.
    """
    language = language_of(request.headers.raw)
    test = await testing.send_test(moderator.user_id, language=language, settings=settings)
    response.headers["Location"] = f"{MAIL_SERVER}/tests/{test.id}"
    return test


@router.get("/tests/{test_id}", responses=problems(MessageTestNotFound))
async def read_mail_server_test(test_id: TestId, moderator: Moderator) -> MessageTestRead:
    """Show what became of a test email of yours."""
    return await testing.read_test(test_id, user_id=moderator.user_id)
