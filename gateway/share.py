"""A part of the connections to one service, for requests that would take all of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.waiting_line import IsGone, WaitingLine


class Share:
    """At most `size` requests are in their `place()`; others wait in `line` for their turn."""

    def __init__(self, size: int, line: WaitingLine) -> None:
        self.size = size
        self.line = line
        self.taken = 0

    @property
    def is_full(self) -> bool:
        """Whoever comes now has to wait."""
        return self.taken >= self.size

    @asynccontextmanager
    async def place(self, is_gone: IsGone) -> AsyncIterator[None]:
        """Be one of them; raises QueueFull, QueueTimeout, and ClientGone for whom `is_gone`."""
        await self._enter(is_gone)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, is_gone: IsGone) -> None:
        if not self.is_full:
            self.taken += 1
            return
        turn = self.line.join(is_gone)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self.line.leave(turn)
            elif turn.exception() is None:  # the turn came together with the cancellation
                self._leave()
            raise

    def _leave(self) -> None:
        waiter = self.line.next()
        if waiter is None:
            self.taken -= 1
        else:
            waiter.set_result(None)
