"""In development only: look into a mailbox, as the one who owns it would.

It exists where AUTH_MAILBOX_URL names a mail catcher, and is open to everyone there.
"""

from fastapi import APIRouter

from auth_service.dependencies import Settings
from auth_service.errors import MailboxUnavailable
from auth_service.fields.contact import Email
from auth_service.mailboxes import service
from auth_service.mailboxes.schemas import LetterRead
from shared.errors import NotFound
from shared.problems import problems

router = APIRouter(prefix="/mailboxes", tags=["mailboxes (development only)"])


@router.get("/{address}/letters", responses=problems(MailboxUnavailable))
async def read_letters(address: Email, settings: Settings) -> list[LetterRead]:
    """Read the letters to an address, the newest first: what the mail catcher has of them."""
    if settings.mailbox_url is None:
        raise NotFound
    return await service.read_letters(address, catcher=settings.mailbox_url)
