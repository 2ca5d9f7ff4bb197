"""Where a request comes from, for the audit log, the list of sessions and the limits."""

from dataclasses import dataclass

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


def preferred_language(accepted: str) -> str:
    """Return the language of ours that an Accept-Language field (RFC 9110) ranks first."""
    ranked: list[tuple[float, int, str]] = []
    for place, entry in enumerate(accepted[:1000].split(",")):
        tag, _, parameter = entry.strip().partition(";")
        name = tag.strip().partition("-")[0].lower()
        if name in LANGUAGES and (weight := _weight(parameter)) > 0:
            ranked.append((-weight, place, name))
    return min(ranked)[2] if ranked else DEFAULT_LANGUAGE


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_USER_AGENT_LENGTH])
