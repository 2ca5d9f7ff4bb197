"""In development only: look into a mailbox, as the one who owns it would.

It exists where AUTH_MAILBOX_URL names a mail catcher, and is open to everyone there.
"""

from fastapi import APIRouter

from auth_service.dependencies import Settings
from auth_service.errors import MailboxUnavailable
from auth_service.mailboxes import service
from auth_service.mailboxes.schemas import EmailRead
from shared.errors import NotFound
from shared.http.problems import problems
from shared.values.email_addresses import Email

router = APIRouter(prefix="/mailboxes", tags=["mailboxes (development only)"])


@router.get("/{address}/letters", responses=problems(MailboxUnavailable))
async def read_emails(address: Email, settings: Settings) -> list[EmailRead]:
    """Read the emails to an address, the newest first: what the mail catcher has of them."""
    if settings.mailbox_url is None:
        raise NotFound
    return await service.read_emails(address, catcher=settings.mailbox_url)
