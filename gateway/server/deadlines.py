"""When a client's connection has waited long enough: one timer, which mostly finds it is too early.

A deadline moves with every request; setting a timer each time would cost more than the request's
parsing does.
"""

import asyncio
from collections.abc import Callable
from math import inf


class Deadlines:
    """For what the client is to send, and for what it is to take; none at first."""

    __slots__ = ("_at", "_loop", "_read_by", "_timer", "_unread", "_unwritten", "_written_by")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        unread: Callable[[], None],
        unwritten: Callable[[], None],
    ) -> None:
        """Call `unread` when nothing has come in time, `unwritten` when nothing could leave."""
        self._loop = loop
        self._unread = unread
        self._unwritten = unwritten
        self._read_by = self._written_by = inf  # of loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._at = inf

    def read_within(self, seconds: float) -> None:
        """Give the client so long to send something; infinity is for ever."""
        self._read_by = self._loop.time() + seconds
        self._look_by(self._read_by)

    def write_within(self, seconds: float) -> None:
        """Give the client so long to take something; infinity is for ever."""
        self._written_by = self._loop.time() + seconds
        self._look_by(self._written_by)

    def stop(self) -> None:
        """Call neither any more, and let go of both."""
        self._read_by = self._written_by = inf
        self._unread = self._unwritten = _nothing
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_by(self, when: float) -> None:
        if when == inf or (self._timer is not None and self._at <= when):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._at = self._loop.call_at(when, self._look), when

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        if now >= self._written_by:
            self._written_by = inf
            self._unwritten()
        elif now >= self._read_by:
            self._read_by = inf
            self._unread()
        self._look_by(min(self._read_by, self._written_by))


def _nothing() -> None:
    pass
