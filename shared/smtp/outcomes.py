"""What became of handing one email to a mail server."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

LONGEST_TEXT = 500


class Result(StrEnum):
    """Whether the server has the email."""

    SENT = "sent"
    TEMPORARY = "temporary"
    """Refused for now (4xx), or the exchange broke before the content was out."""
    PERMANENT = "permanent"
    """Refused for good (5xx); `Outcome.fault` says of what."""
    NOT_ATTEMPTED = "not_attempted"
    """The server was not there for any email; this one has used no attempt."""
    UNCERTAIN = "uncertain"
    """The content was sent, its reply never came: the server may have the email."""


class Fault(StrEnum):
    """Whose fault it is that an email was not sent."""

    RECIPIENT = "recipient"
    CONTENT = "content"
    SENDER = "sender"
    """MAIL was refused for good, by the sender or for want of a sign-in: the operator's to mend."""
    SIGN_IN = "sign_in"
    SERVER = "server"
    """It was not there, or ended the exchange in the middle."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt as it is kept; its text may repeat addresses, so no log shows it."""

    result: Result
    code: int | None = None
    """The server's, if it replied."""
    text: str = field(default="", repr=False)
    """The server's, without control characters, up to LONGEST_TEXT; lines are joined by spaces."""
    cause: str = ""
    """A word for logs: never an address, never a secret."""
    fault: Fault | None = None
    duration: timedelta = timedelta(0)
    """From the first command of the exchange; of one not attempted, of connecting."""

    @property
    def is_sent(self) -> bool:
        """Tell whether the server took the email."""
        return self.result is Result.SENT

    @property
    def is_server_at_fault(self) -> bool:
        """Tell whether a breaker counts it: no other email would have gone through either."""
        return self.fault in {Fault.SENDER, Fault.SIGN_IN, Fault.SERVER}


def bounded(text: str) -> str:
    """Return a server's text as it may be kept and shown."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:LONGEST_TEXT]
