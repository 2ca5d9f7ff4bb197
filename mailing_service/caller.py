"""Where a request comes from, for the audit log."""

from dataclasses import dataclass

MAX_USER_AGENT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Address and device of the client, and the request's id; all null for the system itself."""

    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


SYSTEM = Caller()
"""The worker's clock, and commands."""


def printable(text: str) -> str:
    """Return the beginning of `text` without what no terminal should be shown."""
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_USER_AGENT_LENGTH])
