"""Where a request comes from, for the audit log, the list of sessions and the limits."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.field_values import best_language

MAX_USER_AGENT_LENGTH = 300
DEFAULT_LANGUAGE = "en"
LANGUAGES = ("en", "ru")


@dataclass(frozen=True, slots=True)
class Caller:
    """Address, device and language of whoever makes the request, and the request's name."""

    address: str = ""
    user_agent: str = ""
    request_id: str = ""
    language: str = DEFAULT_LANGUAGE


def preferred_language(accept_language: Iterable[str]) -> str:
    """Return the language of ours that the lines of an Accept-Language field rank first."""
    return best_language(accept_language, LANGUAGES) or DEFAULT_LANGUAGE


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_USER_AGENT_LENGTH])
