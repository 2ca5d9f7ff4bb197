"""Requests that wait for a connection: in the order in which they came, so many, for so long."""

import asyncio
from collections import deque
from collections.abc import Callable

from gateway.errors import ClientGone
from gateway.upstream.connection import Connection
from gateway.upstream.errors import QueueFull, QueueTimeout

Turn = asyncio.Future[Connection | None]
"""A connection, or the place to open one."""


IsGone = Callable[[], bool]
"""Returns whether the client has left."""


class AcquireQueue:
    """`wait()` in it; or `join()` it, and `leave()` it when the turn is cancelled."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._queue: deque[tuple[float, Turn, IsGone]] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def join(self, is_gone: IsGone) -> Turn:
        """Return the future of a turn, which ends with ClientGone if the client `is_gone`.

        Raises QueueFull.
        """
        if len(self._queue) >= self._size:
            raise QueueFull
        loop = asyncio.get_running_loop()
        turn: Turn = loop.create_future()
        self._queue.append((loop.time() + self._seconds, turn, is_gone))
        return turn

    async def wait(
        self, is_gone: IsGone, pass_on: Callable[[Connection | None], None]
    ) -> Connection | None:
        """Wait for a turn; one that comes together with a cancellation is passed on.

        Raises QueueFull, QueueTimeout, and ClientGone if the client `is_gone`.
        """
        turn = self.join(is_gone)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self.leave(turn)
            elif turn.exception() is None:
                pass_on(turn.result())
            raise

    def leave(self, turn: Turn) -> None:
        """Forget a turn that was cancelled; it may be passed over already."""
        for entry in self._queue:
            if entry[1] is turn:
                self._queue.remove(entry)
                break

    def next(self) -> Turn | None:
        """Return the turn of the request that has waited for longest."""
        while self._queue:
            _, turn, is_gone = self._queue.popleft()
            if turn.done():
                continue
            if not is_gone():
                return turn
            turn.set_exception(ClientGone())
        return None

    def expire(self, now: float) -> None:
        """End the turns that took too long, and those of clients that have left."""
        while self._queue and self._queue[0][0] < now:
            _, turn, _ = self._queue.popleft()
            if not turn.done():
                turn.set_exception(QueueTimeout())
        for entry in [entry for entry in self._queue if entry[2]()]:
            self._queue.remove(entry)
            if not entry[1].done():
                entry[1].set_exception(ClientGone())
