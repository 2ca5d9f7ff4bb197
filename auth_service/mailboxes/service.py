"""What the mail catcher of a development system has caught: maildev's `GET /email`."""

from datetime import datetime
from typing import Annotated, Any

import httpx2
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from auth_service.errors import MailboxUnavailable
from auth_service.mailboxes.schemas import EmailRead

_TIMEOUT = 5.0  # seconds

Text = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
"""The catcher says null or false where an email has no such part."""


class _Address(BaseModel):
    address: Text = ""


def _to_address(value: Any) -> Any:
    """Take a bare address, which some versions of the catcher give, as they do the others."""
    return {"address": value} if isinstance(value, str) else value


class _Envelope(BaseModel):
    to: list[Annotated[_Address, BeforeValidator(_to_address)]] = []


class _Caught(BaseModel):
    time: datetime
    sender: list[_Address] = Field(default=[], alias="from")
    to: list[_Address] = []
    subject: Text = ""
    text: Text = ""
    html: Text = ""
    envelope: _Envelope = _Envelope()

    @property
    def recipients(self) -> list[str]:
        """Whom it was delivered to, or where that is unknown, whom it names."""
        return [to.address.lower() for to in self.envelope.to or self.to]


_EMAILS = TypeAdapter(list[_Caught])


async def read_emails(address: str, *, catcher: str) -> list[EmailRead]:
    """Return the emails to `address`, the newest first; raises MailboxUnavailable."""
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            response = await client.get(f"{catcher}/email")
            response.raise_for_status()
        caught = _EMAILS.validate_json(response.content)
    except (httpx2.HTTPError, ValidationError):
        raise MailboxUnavailable from None
    own = [email for email in reversed(caught) if address in email.recipients]
    return [_read(email) for email in sorted(own, key=lambda own: own.time, reverse=True)]


def _read(email: _Caught) -> EmailRead:
    return EmailRead(
        sender=next((sender.address for sender in email.sender), ""),
        to=email.recipients,
        subject=email.subject,
        text=email.text,
        html=email.html,
        received_at=email.time,
    )
