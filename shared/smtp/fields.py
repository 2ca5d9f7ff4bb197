"""The header fields that all emails of one kind have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parseaddr

from shared.smtp import headers
from shared.smtp.addresses import UnusableAddress, to_ascii


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name that is shown for it."""

    address: str = field(repr=False)
    display_name: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> "Mailbox":
        """Read `Vitrina <shop@example.com>` or an address; raises ValueError."""
        name, address = parseaddr(text if text.isprintable() else "")
        if not address or address.count("@") != 1:
            raise UnusableAddress
        return cls(to_ascii(address), name)

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.display_name} <{self.address}>" if self.display_name else self.address


def service_fields(sender: Mailbox, *, language: str) -> Iterator[bytes]:
    """Yield those of an email that a service writes to one person about their account."""
    yield headers.mailbox("From", sender.address, display_name=sender.display_name)
    yield headers.structured("Auto-Submitted", "auto-generated")  # RFC 3834
    yield headers.structured("X-Auto-Response-Suppress", "All")
    yield headers.structured("Content-Language", language)


@dataclass(frozen=True, slots=True)
class MailingFields:
    """Those of a mailing's emails."""

    sender: Mailbox
    reply_to: Mailbox | None
    list_id: str
    """A name below a domain of ours, as `mailings.shop.example` (RFC 2919)."""
    feedback_id: str
    """Up to four parts between colons, the last of them the sender's; empty for none."""
    language: str

    def __iter__(self) -> Iterator[bytes]:
        """Yield the fields."""
        sender, reply_to = self.sender, self.reply_to
        yield headers.mailbox("From", sender.address, display_name=sender.display_name)
        if reply_to is not None:
            yield headers.mailbox("Reply-To", reply_to.address, display_name=reply_to.display_name)
        yield headers.structured("List-Id", f"<{self.list_id}>")
        yield headers.structured("Precedence", "bulk")
        yield headers.structured("X-Auto-Response-Suppress", "All")
        if self.feedback_id:
            yield headers.structured("Feedback-ID", self.feedback_id)
        yield headers.structured("Content-Language", self.language)
