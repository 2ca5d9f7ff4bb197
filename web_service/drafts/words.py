"""The states of an article in words."""

from collections.abc import Callable, Mapping
from typing import Final

STATES: Final = frozenset({"draft", "scheduled", "published"})


def state_texts(gettext: Callable[[str], str]) -> Mapping[str, str]:
    """Return the text of each state, in the order of an article's life."""
    _ = gettext
    return {
        "draft": _("Draft"),
        "scheduled": _("Scheduled"),
        "published": _("Published"),
    }
