"""An email as bytes, for an envelope."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auth_service.mail.outbox import Content, Kind
from auth_service.mail.rendering import render
from auth_service.models import OutboxEmail
from shared.smtp import message as prebuilt
from shared.smtp.addresses import to_ascii
from shared.smtp.fields import Mailbox, service_fields

_HOST_NAME = re.compile(r"[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What the mail server is given."""

    recipient: str = field(repr=False)
    content: bytes = field(repr=False)


def build_message(
    email: OutboxEmail, content: Content, *, sender: Mailbox, public_url: str
) -> Message:
    """Return the message of an email; raises UnusableAddress.

    An email that is sent again after a crash has the same Message-ID, so that mail programs
    show it once. Header fields hold nothing that a person wrote but the canonical address.
    """
    rendered = render(Kind(email.kind), content, shop_name=sender.display_name)
    template = prebuilt.EmailTemplate(
        prebuilt.Content(rendered.subject, rendered.text, rendered.html),
        service_fields(sender, language=content.language),
    )
    recipient = to_ascii(content.recipient)
    filled = template.fill(
        prebuilt.Recipient(recipient, _message_id(email, public_url), email.created_at)
    )
    return Message(recipient, filled)


def _message_id(email: OutboxEmail, public_url: str) -> str:
    host = urlsplit(public_url).hostname or ""
    created = int(email.created_at.timestamp() * 1_000_000)
    domain = host if _HOST_NAME.fullmatch(host) else "localhost"
    return f"letter.{email.id}.{created}@{domain}"
