"""Emails built once as bytes and filled per recipient: 7-bit, multipart/alternative.

Bodies are quoted-printable, so any server takes them, no line is longer than 76 characters, and a
value stands between two soft line breaks: what is around it need not be encoded again.
"""

import html
import re
import secrets
from binascii import b2a_qp
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from shared.smtp import headers

_LINE_END = re.compile(r"\r\n|\r|\n")
_SOFT_BREAK = b"=\r\n"
_LONGEST_QUOTED = 76
_BODY_HEAD = (
    b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that each recipient's value fills."""

    name: str
    default: str = ""
    """For a value that is missing or empty."""
    is_query: bool = False
    """In a link's query: percent-encoded."""


@dataclass(frozen=True, slots=True)
class Content:
    """What people read, with markers where slots are."""

    subject: str
    text: str
    html: str
    slots: Mapping[str, Slot] = field(default_factory=dict)
    """By marker: strings that nobody could have written, see `new_marker`."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom a template is filled."""

    address: str = field(repr=False)
    message_id: str
    """Without angle brackets; the same each time the email is sent."""
    date: datetime
    full_name: str = field(default="", repr=False)
    unsubscribe_url: str = field(default="", repr=False)
    """https; brings List-Unsubscribe and its POST of RFC 8058."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def new_marker() -> str:
    """Return a marker that Markdown, HTML and a URL leave as it is."""
    return f"SLOT{secrets.token_hex(16)}"


class EmailTemplate:
    """An email for many; made once, filled for each."""

    def __init__(self, content: Content, fixed: Iterable[bytes]) -> None:
        """Build from header fields of shared.smtp.headers that are the same for everybody."""
        boundary = f"=_{secrets.token_hex(12)}"  # never in quoted-printable
        self.needed = frozenset(slot.name for slot in content.slots.values() if not slot.default)
        """The slots that have no default somewhere."""
        self._subject = tuple(_pieces(content.subject, content.slots))
        head = headers.structured("MIME-Version", "1.0")
        head += f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode()
        self._fixed = b"".join(fixed) + head
        begin = f"\r\n--{boundary}\r\n".encode()
        # A delimiter's own line end comes before it; so the last line of a part keeps its own.
        self._body: list[bytes | Slot] = [begin + _BODY_HEAD % b"plain"]
        self._body += _encoded(content.text, content.slots)
        self._body.append(begin + _BODY_HEAD % b"html")
        self._html_at = len(self._body)
        self._body += _encoded(content.html, content.slots)
        self._body.append(f"\r\n--{boundary}--\r\n".encode())

    def fill(self, recipient: Recipient) -> bytes:
        """Return the whole message; raises UnsafeHeader or UnusableAddress.

        Values are escaped for where they stand; one in a header field or in the body stays what
        it is, whatever it looks like.
        """
        return b"".join([*self._head(recipient), *self._filled_body(recipient.values)])

    def _head(self, recipient: Recipient) -> Iterator[bytes]:
        subject = "".join(
            piece if isinstance(piece, str) else _value(piece, recipient.values)
            for piece in self._subject
        )
        yield headers.mailbox("To", recipient.address, display_name=recipient.full_name)
        yield headers.unstructured("Subject", subject)
        yield headers.structured("Date", format_datetime(recipient.date))
        yield headers.structured("Message-ID", f"<{recipient.message_id}>")
        if recipient.unsubscribe_url:
            yield headers.structured("List-Unsubscribe", f"<{recipient.unsubscribe_url}>")
            yield headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        yield self._fixed

    def _filled_body(self, values: Mapping[str, str]) -> Iterator[bytes]:
        for at, piece in enumerate(self._body):
            if isinstance(piece, bytes):
                yield piece
            else:
                value = _value(piece, values)
                if at > self._html_at and not piece.is_query:
                    value = html.escape(value)
                yield _quoted(value)


def _value(slot: Slot, values: Mapping[str, str]) -> str:
    value = values.get(slot.name) or slot.default
    return quote(value, safe="") if slot.is_query else value


def _pieces(text: str, slots: Mapping[str, Slot]) -> Iterator[str | Slot]:
    """Yield a text's pieces, slots where its markers are."""
    if not slots:
        yield text
        return
    pattern = re.compile(f"({'|'.join(map(re.escape, slots))})")
    for piece in pattern.split(text):
        if piece:
            yield slots.get(piece, piece)


def _encoded(text: str, slots: Mapping[str, Slot]) -> Iterator[bytes | Slot]:
    for piece in _pieces(text, slots):
        if isinstance(piece, Slot):
            yield _SOFT_BREAK
            yield piece
            yield _SOFT_BREAK
        else:
            yield _quoted(piece)


def _quoted(text: str) -> bytes:
    """Return it as quoted-printable lines that end with CRLF, of up to 76 characters.

    The last has room for the soft break that may follow.
    """
    quoted = b2a_qp(_LINE_END.sub("\n", text).encode()).replace(b"\n", b"\r\n")
    if len(quoted.rpartition(b"\n")[2]) < _LONGEST_QUOTED:
        return quoted
    end = -3 if quoted[-3:-2] == b"=" else -1  # a character, encoded or as it is
    return quoted[:end] + _SOFT_BREAK + quoted[end:]
