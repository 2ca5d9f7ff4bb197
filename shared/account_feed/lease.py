"""Which process of a service reads the feed: the row of its position says so."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tortoise.expressions import Q

from shared import clock
from shared.account_feed.models import FeedPosition

LEASE_INTERVALS = 2.4
"""A process that is gone for so many intervals has lost its lease."""


class Lease:
    """The right of one process to move the position.

    No clock decides what is written: `move` changes the row only where it still has the cursor that
    this process has read after, and the lease.
    """

    def __init__(self, model: type[FeedPosition], interval: timedelta) -> None:
        self._model = model
        self._duration = interval * LEASE_INTERVALS
        self._holder = uuid4()

    async def take(self) -> tuple[FeedPosition, bool]:
        """Return the position, and whether this process may move it."""
        now = clock.now()
        # One that ends later than any lease does was given before the clock was set back.
        is_free = Q(
            Q(leased_until=None),
            Q(leased_by=self._holder),
            Q(leased_until__lt=now),
            Q(leased_until__gt=now + self._duration),
            join_type=Q.OR,
        )
        taken = await self._model.filter(is_free, id=1).update(**self._renewed())
        position = await self._model.get_or_none(id=1)
        if position is None:
            await self._model.bulk_create([self._model(id=1)], ignore_conflicts=True)
            return await self.take()
        return position, bool(taken)

    async def move(self, position: FeedPosition, **changes: Any) -> bool:
        """Write `changes` and renew the lease, unless it is lost or `position` out of date."""
        row = self._model.filter(id=1, leased_by=self._holder, cursor=position.cursor)
        return bool(await row.update(**changes, **self._renewed()))

    async def give_back(self) -> None:
        """Let another process read from now on."""
        await self._model.filter(id=1, leased_by=self._holder).update(leased_until=None)

    def _renewed(self) -> dict[str, Any]:
        return {"leased_by": self._holder, "leased_until": clock.now() + self._duration}
