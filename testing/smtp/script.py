"""What the sink of testing.smtp.sink does at which step."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """A command, or a moment between two."""

    CONNECT = "CONNECT"
    """Before the banner."""
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"
    """After the first bytes of the content; a reply at this step says nothing."""
    END = "END"
    """After the final dot, before its reply."""
    RSET = "RSET"
    NOOP = "NOOP"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the sink does: it waits, then replies (as usual by default) or drops the connection."""

    reply: str = ""
    """Lines separated by LF; empty for the usual one."""
    delay: float = 0.0
    """Seconds."""
    is_drop: bool = False
    is_split: bool = False
    """Sent byte by byte, each in a packet of its own."""


OK = Reaction()
HANG = Reaction(delay=math.inf)
DROP = Reaction(is_drop=True)
SPLIT = Reaction(is_split=True)


def slow(seconds: float) -> Reaction:
    """Reply as usual, later."""
    return Reaction(delay=seconds)


def reply(*lines: str) -> Reaction:
    """Reply `451 later`, for example; several lines are one reply (`250-a`, `250 b`)."""
    return Reaction(reply="\n".join(lines))


@dataclass(slots=True)
class Rule:
    """When a reaction takes place."""

    step: Step
    reaction: Reaction
    recipient: str | None = None
    domain: str | None = None
    session: int | None = None
    """The number of the session, from 0."""
    remaining: int | None = None
    """How often yet; None for always."""

    def fits(self, step: Step, *, session: int, recipients: list[str]) -> bool:
        """Tell whether it applies; from RCPT on a recipient and a domain are known."""
        return (
            step is self.step
            and self.remaining != 0
            and self.session in {None, session}
            and (self.recipient is None or self.recipient in recipients)
            and (
                self.domain is None
                or any(address.endswith(f"@{self.domain}") for address in recipients)
            )
        )
