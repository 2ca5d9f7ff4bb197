"""A part of the connections to one service, for requests that would take all of them."""

import asyncio

from gateway.upstream.acquire_queue import IsGone, WaitingLine


class Share:
    """At most `size` requests `enter()` it at the same time; others wait in `line` for their turn.

    Whoever has entered has to `leave()`.
    """

    __slots__ = ("line", "size", "taken")

    def __init__(self, size: int, line: WaitingLine) -> None:
        self.size = size
        self.line = line
        self.taken = 0

    def enter_at_once(self) -> bool:
        """Enter, unless it is full; tell whether that is so."""
        if self.taken >= self.size:
            return False
        self.taken += 1
        return True

    async def enter(self, is_gone: IsGone) -> None:
        """Enter; raises QueueFull, QueueTimeout, and ClientGone for whom `is_gone`."""
        if self.enter_at_once():
            return
        turn = self.line.join(is_gone)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self.line.leave(turn)
            elif turn.exception() is None:  # the turn came together with the cancellation
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place to whoever has waited for longest, or back."""
        waiter = self.line.next()
        if waiter is None:
            self.taken -= 1
        else:
            waiter.set_result(None)
