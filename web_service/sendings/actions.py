"""What may be done with a mailing in which status; the API decides again."""

from collections.abc import Mapping
from typing import Any, Final

_FINISHED: Final = frozenset({"finished", "finished_with_errors", "finished_early"})
_FINAL: Final = _FINISHED | {"disabled", "expired"}
OF_OWNER: Final[Mapping[str, frozenset[str]]] = {
    "update": frozenset({"draft", "awaiting_approval", "rejected", "scheduled"}),
    "submit": frozenset({"draft"}),
    "pause": frozenset({"scheduled", "running"}),
    "resume": frozenset({"paused"}),
    "finish": frozenset({"scheduled", "running", "paused"}),
    "retry": _FINISHED,
}
OF_STAFF: Final[Mapping[str, frozenset[str]]] = {
    "approve": frozenset({"awaiting_approval"}),
    "reject": frozenset({"awaiting_approval"}),
    "disable": frozenset({"scheduled", "running", "paused"}),
}
MOVING: Final = frozenset({"awaiting_approval", "scheduled", "running"})
"""Statuses that change by themselves or by somebody else, so that a page looks for news."""


def possible(mailing: Mapping[str, Any], *, is_own: bool) -> frozenset[str]:
    """Return what the reader may do with a mailing."""
    table = OF_OWNER if is_own else OF_STAFF
    return frozenset(name for name, statuses in table.items() if mailing["status"] in statuses)


def is_over(mailing: Mapping[str, Any]) -> bool:
    """Tell whether nothing of a mailing is sent any more."""
    return mailing["status"] in _FINAL
