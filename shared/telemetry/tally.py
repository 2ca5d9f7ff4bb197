"""What a service does for people, counted by its process and shown as metrics.

A use case counts after the commit, once for what it did; it knows nothing of metrics but this.
"""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.telemetry.metrics import Metrics


class Tally:
    """One counter, or one for each `outcome`; it lasts as long as the process."""

    def __init__(self, name: str, documentation: str, *outcomes: str) -> None:
        """Take the metric's name without `_total`."""
        self._name = name
        self._documentation = documentation
        self._outcomes = outcomes
        self._counts: Counter[str] = Counter()

    def count(self, outcome: str = "", *, times: int = 1) -> None:
        """Count one more; `outcome` is one of those that there are."""
        self._counts[outcome] += times

    def __getitem__(self, outcome: str) -> int:
        return self._counts[outcome]

    def show(self, metrics: "Metrics") -> None:
        """Show all counts, also those that are nought."""
        for outcome in self._outcomes or ("",):
            labels = {"outcome": outcome} if outcome else {}
            metrics.watch(
                "counter",
                self._name,
                self._documentation,
                partial(self.__getitem__, outcome),
                **labels,
            )
