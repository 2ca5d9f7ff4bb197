"""Long bodies, which are passed on while they come: one of each person at a time.

Of who sends one to a page only the address is known.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.access.under_way import RETRY_AFTER
from shared.errors import TooManyRequests


class Uploads:
    """`people` have one under way."""

    def __init__(self) -> None:
        self.people: set[str] = set()

    @contextmanager
    def of(self, person: str) -> Iterator[None]:
        """Be the upload of this person; raises TooManyRequests for a second one."""
        if person in self.people:
            raise TooManyRequests(RETRY_AFTER)
        self.people.add(person)
        try:
            yield
        finally:
            self.people.discard(person)
