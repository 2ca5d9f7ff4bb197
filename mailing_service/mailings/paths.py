"""What endpoints of mailings share: their paths, ids, headers and errors."""

from typing import Annotated, Any

from fastapi import Depends, Path, Response

from mailing_service.dependencies import (
    CurrentCaller,
    MailingWriter,
    is_administrator,
    is_staff,
)
from mailing_service.errors import AccountsOutdated, MailingNotFound, StatusForbids
from mailing_service.mailings.schemas import MailingRead
from mailing_service.mailings.service import etag
from mailing_service.mailings.submitting import Submitter
from shared.errors import (
    EmailNotVerified,
    Forbidden,
    MalformedBody,
    PasswordChangeRequired,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from shared.values.schemas import MAX_SAFE_INTEGER, Digits

MAILINGS = "/api/v1/mailings"

MailingId = Annotated[int, Path(ge=1, le=MAX_SAFE_INTEGER, description="The mailing's id."), Digits]

ALLOWED = (
    Unauthorized,
    PasswordChangeRequired,
    EmailNotVerified,
    Forbidden,
    ServiceUnavailable,
)
OUTDATED = (ServiceUnavailable, AccountsOutdated)
BODY = (MalformedBody, UnsupportedMediaType)
ONE = (MailingNotFound,)
MOVED = (MailingNotFound, StatusForbids)

ETAG: dict[str, Any] = {
    "ETag": {"description": "The mailing's revision.", "schema": {"type": "string"}}
}


async def _owner(writer: MailingWriter, caller: CurrentCaller) -> Submitter:
    return Submitter(
        principal=writer,
        caller=caller,
        is_staff=is_staff(writer),
        has_no_limits=is_administrator(writer),
    )


Owner = Annotated[Submitter, Depends(_owner)]
"""A person who may have mailings, and where they ask from."""


def with_etag(response: Response, mailing: MailingRead) -> MailingRead:
    """Say which revision is shown."""
    response.headers["ETag"] = etag(mailing.revision)
    return mailing
