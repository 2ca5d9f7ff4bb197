"""Takes every email that the services send, keeps the last ones in memory, and shows them.

For development: nothing is delivered. Listens on the loopback interface only.
"""

import asyncio
import html
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

EMAILS_KEPT = 200
EMAIL_SIZE = 1024 * 1024  # bytes; what is larger is refused
NOBODY = "nobody@"
"""How the addresses begin that do not exist here."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
        b" form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Emails</title>
<style>body{{font:16px sans-serif;max-width:50em;margin:2em auto}}pre{{white-space:pre-wrap}}
article{{border:1px solid #ccc;padding:0 1em;margin:1em 0}}</style></head>
<body><h1>Emails</h1><p>The last {kept} emails that Vitrina sent, newest first. Nothing was
delivered. <a href="/letters.json">As JSON</a></p>
{emails}
</body>
</html>
"""
_ARTICLE = """<article><h2>{subject}</h2><p>{sent_at}<br>from {sender}<br>to {recipients}</p>
<pre>{text}</pre></article>"""


@dataclass(frozen=True, slots=True)
class CaughtEmail:
    """An email as it was taken; ``recipients`` are those of the envelope."""

    number: int
    sent_at: str
    sender: str
    recipients: list[str]
    subject: str
    text: str
    html: str

    def as_maildev(self) -> dict[str, Any]:
        """Return it as maildev's REST API does, as far as anyone here asks for."""
        recipients = [{"address": recipient, "name": ""} for recipient in self.recipients]
        return {
            "id": str(self.number),
            "time": self.sent_at,
            "from": [{"address": self.sender, "name": ""}],
            "to": recipients,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "envelope": {"from": {"address": self.sender}, "to": recipients},
        }


class Catcher:
    """What aiosmtpd hands emails to."""

    def __init__(self) -> None:
        self.emails: deque[CaughtEmail] = deque(maxlen=EMAILS_KEPT)
        self._numbers = count(1)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Refuse those called nobody, so that one can see what becomes of a refused email."""
        del server, session
        if address.casefold().startswith(NOBODY):
            return "550 5.1.1 There is nobody of this name"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the email."""
        del server, session
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        message = message_from_bytes(raw, policy=policy.default)
        self.emails.appendleft(
            CaughtEmail(
                number=next(self._numbers),
                sent_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
                subject=_subject(message),
                text=_body(message, "plain", "html") or raw.decode("utf-8", "replace"),
                html=_body(message, "html") or "",
            )
        )
        return "250 OK"


def _subject(message: EmailMessage) -> str:
    try:
        return str(message["subject"] or "(no subject)")
    except (ValueError, LookupError, IndexError):
        return "(unreadable subject)"


def _body(message: EmailMessage, *kinds: str) -> str | None:
    """The part of an email that is of the first of these kinds, if it can be read."""
    try:
        body = message.get_body(preferencelist=kinds)
        return None if body is None else str(body.get_content())
    except (ValueError, LookupError):
        return None  # an unknown character set, or a broken structure


def page(emails: deque[CaughtEmail]) -> str:
    """The emails as a page that runs nothing; everything in it is escaped."""
    shown = (
        _ARTICLE.format(
            subject=html.escape(email.subject),
            sent_at=html.escape(email.sent_at),
            sender=html.escape(email.sender),
            recipients=html.escape(", ".join(email.recipients)),
            text=html.escape(email.text),
        )
        for email in emails
    )
    return _PAGE.format(kept=EMAILS_KEPT, emails="\n".join(shown) or "<p>None yet.</p>")


class Web:
    """The page and its JSON, as an ASGI application that runs the SMTP server beside it."""

    def __init__(self, *, smtp_port: int) -> None:
        self.catcher = Catcher()
        self._smtp_port = smtp_port

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        status, media_type, body = self._answer(scope)
        headers = [*_HEADERS, (b"content-type", media_type)]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        content = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Mapping[str, Any]) -> tuple[int, bytes, bytes]:
        """Status, media type and body; only to pages of this machine (DNS rebinding)."""
        host = dict(scope["headers"]).get(b"host", b"").rsplit(b":", 1)[0]
        if host not in {b"localhost", b"127.0.0.1"}:
            return 421, b"text/plain", b"Ask for localhost.\n"
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, b"text/plain", b"Emails can only be read.\n"
        if scope["path"] == "/letters.json":
            emails = [asdict(email) for email in self.catcher.emails]
            return _json(emails)
        if scope["path"] == "/email":
            return _json([email.as_maildev() for email in reversed(self.catcher.emails)])
        if scope["path"] == "/":
            return 200, b"text/html; charset=utf-8", page(self.catcher.emails).encode()
        return 404, b"text/plain", b"Nothing here.\n"

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._smtp():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _smtp(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self.catcher, data_size_limit=EMAIL_SIZE, enable_SMTPUTF8=True, loop=loop),
            host="127.0.0.1",
            port=self._smtp_port,
        )
        try:
            yield
        finally:
            server.close()


def _json(emails: list[dict[str, Any]]) -> tuple[int, bytes, bytes]:
    return 200, b"application/json", json.dumps(emails, ensure_ascii=False).encode()


def main() -> None:
    """Take emails on MAIL_SMTP_PORT and show them on MAIL_WEB_PORT."""
    web = Web(smtp_port=int(os.environ.get("MAIL_SMTP_PORT") or 1025))
    port = int(os.environ.get("MAIL_WEB_PORT") or 1080)
    uvicorn.run(web, host="127.0.0.1", port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
