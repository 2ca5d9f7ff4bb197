"""A letter as RFC 5322 wants it."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from auth_service.mail.outbox import Content, Kind
from auth_service.mail.rendering import render
from auth_service.models import Letter

_POLICY = SMTP.clone(cte_type="7bit")  # any server takes it
_HOST_NAME = re.compile(r"[a-z0-9.-]+")


def build_message(
    letter: Letter, content: Content, *, sender: str, public_url: str
) -> EmailMessage:
    """Return the message of a letter.

    A letter that is sent again after a crash has the same Message-ID, so that mail programs
    show it once. Header fields hold nothing that a person wrote but the canonical address.
    """
    rendered = render(Kind(letter.kind), content)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = content.recipient
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = _message_id(letter, public_url)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
    message["Content-Language"] = content.language
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message


def _message_id(letter: Letter, public_url: str) -> str:
    host = urlsplit(public_url).hostname or ""
    created = int(letter.created_at.timestamp() * 1_000_000)
    domain = host if _HOST_NAME.fullmatch(host) else "localhost"
    return f"<letter.{letter.id}.{created}@{domain}>"
