"""Those who wait for a connection: in the order in which they came, so many, for so long."""

import asyncio
from collections import deque
from collections.abc import Callable

from gateway.errors import ClientGone
from gateway.upstream.connection import Connection
from gateway.upstream.errors import QueueFull, QueueTimeout

Turn = asyncio.Future[Connection | None]
"""A connection, or the place to open one."""


IsGone = Callable[[], bool]
"""Tells whether nobody waits any more."""


class WaitingLine:
    """`join()` it, wait for the turn, and `leave()` it when that is cancelled."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._line: deque[tuple[float, Turn, IsGone]] = deque()

    def __len__(self) -> int:
        return len(self._line)

    def join(self, is_gone: IsGone) -> Turn:
        """Return the future of a turn, which ends with ClientGone for whom `is_gone`.

        Raises QueueFull.
        """
        if len(self._line) >= self._size:
            raise QueueFull
        loop = asyncio.get_running_loop()
        turn: Turn = loop.create_future()
        self._line.append((loop.time() + self._seconds, turn, is_gone))
        return turn

    def leave(self, turn: Turn) -> None:
        """Forget a turn that nobody waits for; it may be passed over already."""
        for entry in self._line:
            if entry[1] is turn:
                self._line.remove(entry)
                break

    def next(self) -> Turn | None:
        """Return the turn of whoever has waited for longest."""
        while self._line:
            _, turn, is_gone = self._line.popleft()
            if turn.done():
                continue
            if not is_gone():
                return turn
            turn.set_exception(ClientGone())
        return None

    def expire(self, now: float) -> None:
        """Send those away who have waited for too long, and strike off those who have left."""
        while self._line and self._line[0][0] < now:
            _, turn, _ = self._line.popleft()
            if not turn.done():
                turn.set_exception(QueueTimeout())
        for entry in [entry for entry in self._line if entry[2]()]:
            self._line.remove(entry)
            if not entry[1].done():
                entry[1].set_exception(ClientGone())
