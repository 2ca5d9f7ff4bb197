"""Where a request comes from, for the audit log, the list of sessions and the limits."""

from dataclasses import dataclass

from shared.language.translation import Language

MAX_USER_AGENT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Address, device and language of the client that makes the request, and the request's name."""

    address: str = ""
    user_agent: str = ""
    request_id: str = ""
    language: Language | None = None  # where it is said by Accept-Language


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_USER_AGENT_LENGTH])
