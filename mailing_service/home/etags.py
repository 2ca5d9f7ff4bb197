"""The entity tag of the home page: what it was made of, when it was drawn, and what came of it.

It names the content revision and the counts, so each change of them is another tag. A draw is as
good as another, so one that is young stays: a cache asks, and need not be sent the same counts
with other articles. Nothing of it is a secret.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from mailing_service.home.counters import Counts
from shared import clock
from shared.language.translation import Language

REPRESENTATION: Final = 1
"""Raise it when the same facts begin to look different."""
DRAW_STAYS: Final = timedelta(seconds=30)
"""How long a cache that asks keeps the articles that it has."""

_REST: Final = re.compile(r'([0-9a-f]{1,10})-[0-9a-f]{16}"', re.ASCII)


class HomeTag:
    """The tags of what is made of a revision and counts in a language."""

    def __init__(self, revision: str, counts: Counts, language: Language) -> None:
        numbers = ".".join(map(str, counts))
        self._beginning = f'"{REPRESENTATION}-{revision}-{numbers}-{language}-'

    def of(self, body: bytes) -> str:
        """Return the strong tag of a body that is made now."""
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        return f'{self._beginning}{_now():x}-{digest}"'

    def still_good(self, tags: Iterable[str]) -> str | None:
        """Return the one of `tags` that stands for the same counts and a young draw, if any."""
        return next((tag for tag in tags if self._is_good(tag)), None)

    def _is_good(self, tag: str) -> bool:
        rest = _REST.fullmatch(tag.removeprefix(self._beginning))
        if rest is None or not tag.startswith(self._beginning):
            return False
        return 0 <= _now() - int(rest[1], 16) < DRAW_STAYS.total_seconds()


def _now() -> int:
    return int(clock.now().timestamp())
