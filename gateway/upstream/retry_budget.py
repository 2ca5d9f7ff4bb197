"""How many requests may be tried a second time: few, so that trouble is not multiplied."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SHARE: Final = 0.2
"""Second tries under way, as a part of all requests under way…"""

AT_LEAST: Final = 10
"""…or so many, where that is more."""


class RetryBudget:
    """Of one service."""

    def __init__(self) -> None:
        self.spent = 0  # tries that there were so far
        self._under_way = 0

    def allows(self, busy: int) -> bool:
        """Tell whether there may be another, beside so many requests."""
        return self._under_way < max(AT_LEAST, SHARE * busy)

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Count a second try for as long as it takes."""
        self.spent += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
