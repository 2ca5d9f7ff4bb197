"""The rate of a mail server, shared by all workers: each takes slices of tokens from its row."""

import time

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from mailing_service.models.sending import MailServerState
from mailing_service.sending.limits.buckets import Bucket
from shared import clock

_SLICE = 0.4
"""Seconds for which a worker takes tokens at a time."""
_ASKING_AGAIN = 0.15
"""Seconds between two looks at an empty bucket."""


class ServerRate:
    """This worker's tokens of one mail server; `rate` is of all workers, 0 for any."""

    def __init__(self, name: str, rate: float) -> None:
        self._name = name
        self._rate = rate
        self._tokens = 0
        self._asked_at = float("-inf")

    async def available(self, wanted: int) -> int:
        """Return how many of `wanted` emails may be sent now; `spend` those that are."""
        if not self._rate:
            return wanted
        if self._tokens < wanted and time.monotonic() - self._asked_at >= _ASKING_AGAIN:
            self._asked_at = time.monotonic()
            self._tokens += await self._take(min(wanted, self._slice) - self._tokens)
        return min(self._tokens, wanted)

    def spend(self, emails: int) -> None:
        """Take tokens away, or give some back for a negative number."""
        if self._rate:
            self._tokens -= emails

    async def give_back(self) -> None:
        """Let other workers have what is left."""
        left, self._tokens = self._tokens, 0
        if left > 0:
            await MailServerState.filter(name=self._name).update(tokens=F("tokens") + left)

    @property
    def _slice(self) -> int:
        return max(1, int(self._rate * _SLICE))

    async def _take(self, wanted: int) -> int:
        if wanted <= 0:
            return 0
        async with in_transaction():
            rows = MailServerState.filter(name=self._name)
            row = await rows.select_for_update(no_key=True).get()
            bucket = Bucket(row.tokens, row.tokens_at)
            taken, after = bucket.take(wanted, clock.now(), rate=self._rate)
            await rows.update(tokens=after.tokens, tokens_at=after.tokens_at)
        return taken
