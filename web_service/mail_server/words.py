"""States of a mail server, in words."""

from collections.abc import Callable, Mapping
from typing import Final

BREAKER_TONES: Final[Mapping[str, str]] = {"closed": "good", "open": "bad", "half_open": "warn"}
TEST_TONES: Final[Mapping[str, str]] = {
    "sent": "good",
    "failed": "bad",
    "expired": "bad",
    "suppressed": "bad",
    "uncertain": "warn",
}


def breakers(gettext: Callable[[str], str]) -> Mapping[str, str]:
    """Return what the position of a breaker means for emails."""
    _ = gettext
    return {
        "closed": _("Takes emails"),
        "open": _("Left alone for a while"),
        "half_open": _("Is tried with one email"),
    }
