"""What the mail catcher of a development system has caught: maildev's `GET /email`."""

from datetime import datetime
from typing import Annotated, Any

import httpx2
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from auth_service.errors import MailboxUnavailable
from auth_service.mailboxes.schemas import LetterRead

_TIMEOUT = 5.0  # seconds

Text = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
"""The catcher says null or false where a letter has no such part."""


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
        """Whom it was delivered to, or where that is not told, whom it names."""
        return [to.address.lower() for to in self.envelope.to or self.to]


_LETTERS = TypeAdapter(list[_Caught])


async def read_letters(address: str, *, catcher: str) -> list[LetterRead]:
    """Return the letters to `address`, the newest first; raises MailboxUnavailable."""
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            response = await client.get(f"{catcher}/email")
            response.raise_for_status()
        caught = _LETTERS.validate_json(response.content)
    except (httpx2.HTTPError, ValidationError):
        raise MailboxUnavailable from None
    own = [letter for letter in reversed(caught) if address in letter.recipients]
    return [_read(letter) for letter in sorted(own, key=lambda own: own.time, reverse=True)]


def _read(letter: _Caught) -> LetterRead:
    return LetterRead(
        sender=next((sender.address for sender in letter.sender), ""),
        to=letter.recipients,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        received_at=letter.time,
    )
